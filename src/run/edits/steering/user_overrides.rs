//! Overrides of the behaviour that the scenario gives its users.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::engine::Swarm;
use crate::model::{Behaviour, Change, ClassId, NameId, Population, Wait};
use crate::program::{Class, Program};
use crate::run::RunError;
use crate::run::controller::run_facts::row_name;
use crate::run::edits::edit_history::Done;
use crate::run::edits::steering::Steering;
use crate::run::events::details::EditLine;

/// The differences to the program.
#[derive(Debug, Default)]
pub(super) struct Overrides {
    classes: BTreeMap<usize, Arc<Class>>,
    skipped: BTreeSet<usize>,
    /// The same in words of the scenario, each thing once.
    list: Arc<[Behaviour]>,
}

impl Overrides {
    /// The differences in words of the scenario, each thing once.
    pub(super) fn list(&self) -> &Arc<[Behaviour]> {
        &self.list
    }

    /// The classes as they are now.
    pub(super) fn classes<'c>(&self, program: &'c Program) -> Cow<'c, [Class]> {
        if self.classes.is_empty() {
            return Cow::Borrowed(&program.classes);
        }
        let mut classes = program.classes.clone();
        for (index, class) in &self.classes {
            if let Some(now) = classes.get_mut(*index) {
                now.clone_from(class);
            }
        }
        Cow::Owned(classes)
    }

    fn keep(&mut self, behaviour: &Behaviour, is_as_written: bool) {
        let others = self.list.iter().filter(|one| !one.is_about_same(behaviour));
        let new = (!is_as_written).then_some(behaviour);
        self.list = others.chain(new).cloned().collect();
    }
}

impl Steering {
    /// Changes how users behave; `None` if they do so already.
    ///
    /// # Errors
    /// There is nothing of that name, no class would have users, or no shard runs.
    pub(crate) async fn override_behaviour(
        &mut self,
        swarm: Option<&Swarm>,
        behaviour: &Behaviour,
    ) -> Result<Option<Done>, RunError> {
        let swarm = swarm.ok_or(RunError::NotBegun)?;
        let done = match behaviour {
            Behaviour::ClassWeight { class, weight } => {
                self.weigh_class(swarm, class, *weight).await
            }
            Behaviour::TaskWeight {
                class,
                task,
                weight,
            } => self.weigh_task(swarm, class, task, *weight).await,
            Behaviour::Wait { class, wait } => self.set_wait(swarm, class, *wait).await,
            Behaviour::Request { name, is_sent } => {
                self.switch_request(swarm, name, *is_sent).await
            }
        }?;
        if done.is_some() {
            let is_as_written = self.is_as_written(behaviour);
            self.overrides.keep(behaviour, is_as_written);
        }
        Ok(done)
    }

    async fn weigh_class(
        &mut self,
        swarm: &Swarm,
        name: &str,
        weight: u32,
    ) -> Result<Option<Done>, RunError> {
        let id = self.class_id(name)?;
        let class = self.class_now(id);
        let Population::Weight(was) = class.population else {
            return Err(RunError::FixedCount(name.to_owned()));
        };
        if was == weight {
            return Ok(None);
        }
        let (index, changed) = (class.workload, Population::Weight(weight));
        let population = |other: ClassId| match other {
            other if other == id => changed,
            other => self.class_now(other).population,
        };
        let populations: Arc<[_]> = self.program.classes_of(index).map(population).collect();
        let weight_of = |one: &Population| match one {
            Population::Weight(weight) => *weight,
            Population::Fixed(_) => 0,
        };
        // Fixed counts alone would be a limit that no plan knows of.
        if populations.iter().map(weight_of).all(|weight| weight == 0) {
            return Err(RunError::NoUserLeft);
        }
        let mut class = Class::clone(class);
        class.population = changed;
        self.overrides.classes.insert(id.index(), Arc::new(class));
        // The spawn rate is the same at every moment.
        let per_second = self.load_now(0).map_or(1.0, |load| load.spawn_rate);
        swarm.mix(index, &populations, per_second).await;
        let back = Behaviour::ClassWeight {
            class: name.to_owned(),
            weight: was,
        };
        let edits = vec![EditLine::Weight {
            of: name.to_owned(),
            from: was,
            to: weight,
        }];
        Ok(Some(Done::edited(edits, vec![Change::Behaviour(back)])))
    }

    async fn weigh_task(
        &mut self,
        swarm: &Swarm,
        class_name: &str,
        name: &str,
        weight: u32,
    ) -> Result<Option<Done>, RunError> {
        let id = self.class_id(class_name)?;
        let mut class = Class::clone(self.class_now(id));
        let task = class.tasks.iter().find(|task| task.name == name);
        let was = task.map(|task| task.weight).ok_or_else(|| {
            let names = class.tasks.iter().map(|task| task.name.as_str());
            RunError::no_such("task", name, names)
        })?;
        if was == weight {
            return Ok(None);
        }
        class.tasks.edit(|task| {
            if task.name == name {
                task.weight = weight;
            }
        });
        self.tune(swarm, id, class).await;
        let back = Behaviour::TaskWeight {
            class: class_name.to_owned(),
            task: name.to_owned(),
            weight: was,
        };
        let edits = vec![EditLine::Weight {
            of: format!("{class_name}.{name}"),
            from: was,
            to: weight,
        }];
        Ok(Some(Done::edited(edits, vec![Change::Behaviour(back)])))
    }

    async fn set_wait(
        &mut self,
        swarm: &Swarm,
        name: &str,
        wait: Wait,
    ) -> Result<Option<Done>, RunError> {
        let id = self.class_id(name)?;
        let mut class = Class::clone(self.class_now(id));
        let was = std::mem::replace(&mut class.wait, wait);
        if was == wait {
            return Ok(None);
        }
        self.tune(swarm, id, class).await;
        let class = name.to_owned();
        let back = Behaviour::Wait { class, wait: was };
        let edits = vec![EditLine::Wait {
            class: name.to_owned(),
            from: was,
            to: wait,
        }];
        Ok(Some(Done::edited(edits, vec![Change::Behaviour(back)])))
    }

    async fn switch_request(
        &mut self,
        swarm: &Swarm,
        name: &str,
        is_sent: bool,
    ) -> Result<Option<Done>, RunError> {
        let id = self.request_named(name)?;
        if is_sent != self.overrides.skipped.contains(&id.index()) {
            return Ok(None);
        }
        if is_sent {
            self.overrides.skipped.remove(&id.index());
        } else {
            self.overrides.skipped.insert(id.index());
        }
        swarm.send_request(id, is_sent).await;
        let back = Behaviour::Request {
            name: name.to_owned(),
            is_sent: !is_sent,
        };
        let edits = vec![EditLine::Request {
            name: name.to_owned(),
            is_sent,
        }];
        Ok(Some(Done::edited(edits, vec![Change::Behaviour(back)])))
    }

    /// Whether the scenario says so itself.
    fn is_as_written(&self, behaviour: &Behaviour) -> bool {
        let class = |name: &str| self.program.classes.iter().find(|class| class.name == name);
        match behaviour {
            Behaviour::ClassWeight { class: of, weight } => {
                class(of).is_some_and(|class| class.population == Population::Weight(*weight))
            }
            Behaviour::TaskWeight {
                class: of,
                task,
                weight,
            } => class(of).is_some_and(|class| {
                let mut tasks = class.tasks.iter();
                tasks.any(|one| one.name == *task && one.weight == *weight)
            }),
            Behaviour::Wait { class: of, wait } => {
                class(of).is_some_and(|class| class.wait == *wait)
            }
            Behaviour::Request { is_sent, .. } => *is_sent,
        }
    }

    async fn tune(&mut self, swarm: &Swarm, id: ClassId, class: Class) {
        let class = Arc::new(class);
        swarm.tune(id, &class).await;
        self.overrides.classes.insert(id.index(), class);
    }

    fn class_id(&self, name: &str) -> Result<ClassId, RunError> {
        let classes = &self.program.classes;
        let at = classes.iter().position(|class| class.name == name);
        let names = classes.iter().map(|class| class.name.as_str());
        at.map(ClassId::from)
            .ok_or_else(|| RunError::no_such("user class", name, names))
    }

    fn class_now(&self, id: ClassId) -> &Class {
        let changed = self.overrides.classes.get(&id.index());
        changed.map_or(&self.program.classes[id.index()], Arc::as_ref)
    }

    fn request_named(&self, name: &str) -> Result<NameId, RunError> {
        let mut requests = self.program.requests.iter().map(|request| request.name);
        let text = |id: &NameId| row_name(&self.program, *id);
        let is_it = |id: &NameId| text(id) == name;
        let named = requests.find(is_it);
        named.ok_or_else(|| {
            let requests = self.program.requests.iter();
            let ids: BTreeSet<_> = requests.map(|request| request.name).collect();
            let names: Vec<_> = ids.iter().map(text).collect();
            RunError::no_such("request", name, names.iter().map(String::as_str))
        })
    }
}
