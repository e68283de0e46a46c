//! Locust's keys, pressed during a run.

use tokio::sync::mpsc;

/// How many users more a key asks for, fewer if negative; `None` for keys
/// that mean nothing.
fn users_more(key: u8) -> Option<i32> {
    Some(match key {
        b'w' => 1,
        b'W' => 10,
        b's' => -1,
        b'S' => -10,
        _ => return None,
    })
}

/// Keys that wait; what is pressed beyond that is ignored.
const WAITING: usize = 16;

/// Listens to the keyboard; the terminal is as it was when this is dropped.
#[derive(Debug)]
pub(crate) struct Keys {
    pressed: mpsc::Receiver<i32>,
    _mode: mode::Unbuffered,
}

impl Keys {
    /// Starts listening; `None` if standard input is not a terminal, or another
    /// program has the terminal.
    pub(crate) fn listen() -> Option<Self> {
        let mode = mode::Unbuffered::enter()?;
        let (send, pressed) = mpsc::channel(WAITING);
        tokio::spawn(read(send));
        Some(Self {
            pressed,
            _mode: mode,
        })
    }

    /// How many users more the next key asks for. Waits for ever once the keyboard is gone.
    pub(crate) async fn users_more(&mut self) -> i32 {
        match self.pressed.recv().await {
            Some(more) => more,
            None => std::future::pending().await,
        }
    }
}

async fn read(send: mpsc::Sender<i32>) {
    use tokio::io::AsyncReadExt;
    let mut stdin = tokio::io::stdin();
    while let Ok(byte) = stdin.read_u8().await {
        if let Some(more) = users_more(byte) {
            let _ = send.try_send(more);
        }
    }
}

#[cfg(unix)]
mod mode {
    use std::io::{IsTerminal, stdin};

    use rustix::process::getpgrp;
    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};

    /// A terminal that gives each key at once and does not show it. Ctrl-C
    /// and its like work as ever.
    #[derive(Debug)]
    pub(super) struct Unbuffered {
        before: Termios,
    }

    impl Unbuffered {
        pub(crate) fn enter() -> Option<Self> {
            // A background process that touches the terminal is stopped.
            let is_ours = stdin().is_terminal() && tcgetpgrp(stdin()).ok()? == getpgrp();
            let before = tcgetattr(stdin()).ok().filter(|_| is_ours)?;
            let mut termios = before.clone();
            termios.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
            tcsetattr(stdin(), OptionalActions::Now, &termios).ok()?;
            Some(Self { before })
        }
    }

    impl Drop for Unbuffered {
        fn drop(&mut self) {
            // The terminal may be gone.
            let _ = tcsetattr(stdin(), OptionalActions::Now, &self.before);
        }
    }
}

#[cfg(not(unix))]
mod mode {
    #[derive(Debug)]
    pub(super) struct Unbuffered;

    impl Unbuffered {
        pub(crate) fn enter() -> Option<Self> {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::users_more;

    #[test]
    fn keys_are_locusts() {
        let users = [Some(1), Some(10), Some(-1), Some(-10), None];
        assert_eq!(b"wWsSx".map(users_more), users);
    }
}
