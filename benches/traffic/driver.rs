use swarmdeck::model::{Method, RequestId, Slots, TaskId};
use swarmdeck::program::{
    Action, Choice, Cursor, EvalContext, OnFailure, Program, ReceivedResponse, Rendered, Scratch,
    Sequences, Setting, TaskPicker, Variables,
};
use swarmdeck::scenario::{Environment, Source, load};

use super::{ANSWER, CREATES};

/// A user that does everything but send and record.
#[derive(Debug)]
pub(crate) struct Walker {
    program: Program,
    variables: Variables,
    rng: fastrand::Rng,
    course: TaskPicker,
    cursor: Cursor,
    scratch: Scratch,
    sequences: Sequences,
    /// Moves with each step: a cursor whose clock stands still lets others go first.
    now_us: u64,
}

impl Walker {
    /// The first user of a scenario's only class, at the start of its first
    /// task: what comes before is done.
    ///
    /// # Errors
    /// What is wrong with the scenario or its host.
    pub(crate) fn new(text: &str, host: &str) -> Result<Self, String> {
        let loaded = load(&Source::new("traffic.yaml", text), &Environment::default())
            .map_err(|problems| format!("{problems:?}"))?;
        let program = loaded
            .compile(Some(host))
            .map_err(|error| error.to_string())?;
        let mut variables = Variables::new(program.slot_count());
        variables.begin(1, &program.classes[0].name);
        let mut walker = Self {
            variables,
            rng: fastrand::Rng::with_seed(1),
            course: TaskPicker::default(),
            cursor: Cursor::default(),
            scratch: Scratch::default(),
            now_us: 0,
            sequences: Sequences::new(program.sequence_count, &Slots::all()),
            program,
        };
        if let Some(entry) = walker.program.classes[0].on_start {
            walker.cursor.start(entry, OnFailure::End);
            while let Some(request) = walker.step() {
                walker.judge(request);
            }
        }
        Ok(walker)
    }

    /// Picks a task, which is then begun.
    pub(crate) fn pick(&mut self) -> Option<TaskId> {
        let class = &self.program.classes[0];
        match self.course.next(class, &self.variables, &mut self.rng) {
            Choice::Task(task) => {
                let entry = class.tasks[task.index()].entry;
                self.cursor.start(entry, OnFailure::GoOn);
                Some(task)
            }
            Choice::Nothing | Choice::Over => None,
        }
    }

    /// The next request of the task; `None` at its end.
    pub(crate) fn step(&mut self) -> Option<RequestId> {
        self.now_us += 1;
        let mut setting = Setting {
            variables: &mut self.variables,
            scratch: &mut self.scratch,
            context: EvalContext {
                rng: &mut self.rng,
                unix_us: 0,
                sequences: &self.sequences,
            },
            now_us: self.now_us,
        };
        match self.cursor.next(&self.program, &mut setting) {
            Action::Request(request) => Some(request),
            _ => None,
        }
    }

    /// The next request, of the next task where one ends.
    pub(crate) fn next(&mut self) -> RequestId {
        loop {
            if let Some(request) = self.step() {
                return request;
            }
            self.pick();
        }
    }

    /// The bytes of a request.
    pub(crate) fn render(&mut self, request: RequestId) -> Rendered<'_> {
        let mut context = EvalContext {
            rng: &mut self.rng,
            unix_us: 0,
            sequences: &self.sequences,
        };
        self.program.requests[request.index()]
            .render(&self.variables, &mut context, &mut self.scratch)
            .expect("every value is there")
    }

    /// Takes what the target answers to it; panics if that is not a success.
    pub(crate) fn judge(&mut self, request: RequestId) {
        let status = self.status(request);
        let request = &self.program.requests[request.index()];
        let answer = ReceivedResponse {
            status,
            head: b"",
            earlier: &[],
            body: ANSWER.as_bytes(),
            url: "",
            body_size: ANSWER.len() as u64,
            charset: None,
            service_time_us: 500,
        };
        let mut context = EvalContext {
            rng: &mut self.rng,
            unix_us: 0,
            sequences: &self.sequences,
        };
        request
            .judge(answer, &mut self.variables, &mut context)
            .expect("the answer is as expected");
    }

    fn status(&self, request: RequestId) -> u16 {
        let request = &self.program.requests[request.index()];
        let name = &self.program.names[request.name.index()].name;
        if request.method == Method::Post && name == CREATES {
            201
        } else {
            200
        }
    }
}
