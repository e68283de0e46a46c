// The live socket: connects, reconnects with growing pauses, and makes sure
// that nothing is missing. It understands of a message only `type` and `seq`.

const PAUSE_FIRST_MS = 300;
const PAUSE_MAX_MS = 8000;
/** Frames come four times a second while a run is active. */
const SILENCE_MAX_MS = 6000;

/**
 * @param {object} options
 * @param {string} options.path of the socket, relative to the page
 * @param {(message: object) => void} options.onMessage
 * @param {(word: "connecting"|"live"|"lost") => void} options.onConnection
 * @param {() => boolean} options.expectsFrames whether silence means trouble
 * @returns {{resync: () => void}}
 */
export function connect({ path, onMessage, onConnection, expectsFrames }) {
  let socket = null;
  let seq = null;
  let pauseMs = PAUSE_FIRST_MS;
  let heardAt = 0;
  let timer = 0;

  const open = () => {
    timer = 0;
    seq = null;
    const url = new URL(path, document.baseURI);
    url.protocol = url.protocol.replace("http", "ws");
    const opened = new WebSocket(url);
    socket = opened;
    heardAt = performance.now();
    opened.onmessage = ({ data }) => {
      if (socket === opened) receive(data);
    };
    opened.onclose = () => {
      if (socket === opened) lose();
    };
  };

  const receive = (data) => {
    heardAt = performance.now();
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return resync();
    }
    const complete = message.type === "hello" || message.seq === seq + 1;
    if (!complete || (seq === null && message.type !== "hello")) return resync();
    seq = message.seq;
    if (message.type === "hello") {
      pauseMs = PAUSE_FIRST_MS;
      onConnection("live");
    }
    return onMessage(message);
  };

  const lose = () => {
    socket = null;
    onConnection("lost");
    if (timer) return;
    // Half of the pause is random: many pages must not come back in step.
    timer = setTimeout(open, pauseMs * (0.5 + Math.random() / 2));
    pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2);
  };

  /** Asks for the whole state again: the first message on a socket is a hello. */
  const resync = () => {
    const old = socket;
    if (!old) return;
    lose();
    old.close();
  };

  setInterval(() => {
    const silent = performance.now() - heardAt > SILENCE_MAX_MS;
    if (socket?.readyState === WebSocket.OPEN && silent && expectsFrames()) resync();
  }, 1000);
  // Back from a laptop's sleep or a dead network: do not sit out the pause.
  const hurry = () => {
    if (!timer || document.hidden) return;
    clearTimeout(timer);
    open();
  };
  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", hurry);

  open();
  return { resync };
}
