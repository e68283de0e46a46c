//! Small integers that stand for names once a run is prepared.

/// Defines a copyable index newtype over `u16`.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u16);

        impl $name {
            /// The position this id stands for.
            #[must_use]
            pub fn index(self) -> usize {
                usize::from(self.0)
            }
        }

        impl From<usize> for $name {
            /// Saturates: tables are bounded far below `u16::MAX` where they are built.
            fn from(index: usize) -> Self {
                Self(u16::try_from(index).unwrap_or(u16::MAX))
            }
        }
    };
}

id! {
    /// A row of the statistics: one (method, name) pair.
    NameId
}
id! {
    /// A user class of the scenario, in the order of the file.
    ClassId
}
id! {
    /// A task within its user class, in the order of the file.
    TaskId
}
id! {
    /// A request step of the compiled scenario.
    RequestId
}
id! {
    /// A scheme, host and port that requests go to.
    OriginId
}
id! {
    /// A user's variable.
    SlotId
}
id! {
    /// A feed of rows of the scenario, in the order of the file.
    FeedId
}
id! {
    /// What plans task starts: a paced user class, or the arrivals of a
    /// workload. Classes come first, then workloads.
    PlanId
}

impl PlanId {
    /// The pacing of a class.
    #[must_use]
    pub fn of_class(class: ClassId) -> Self {
        Self(class.0)
    }

    /// The arrivals of a workload, in a program with so many classes.
    #[must_use]
    pub fn of_workload(workload: usize, classes: usize) -> Self {
        Self::from(classes + workload)
    }
}
