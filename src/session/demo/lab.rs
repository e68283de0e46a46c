use std::net::SocketAddr;

use crate::lab::{Fault, RemoteError, set_faults};
use crate::session::demo::script::Script;

/// Share of failing requests: three of ten.
const BROKEN: [Fault; 1] = [Fault::Errors { share: 0.3 }];

/// The lab that the demo is played on, and how it is played there.
#[derive(Clone, Copy, Debug)]
pub struct DemoLab {
    /// Where the lab serves.
    pub address: SocketAddr,
    /// Load and pace of the demo.
    pub script: Script,
}

impl DemoLab {
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Makes it answer three of ten requests with 500. Takes a bounded time.
    pub(super) async fn break_it(&self) -> Result<(), RemoteError> {
        set_faults(self.address, &BROKEN).await
    }

    /// Makes it answer as well as it can. Takes a bounded time.
    pub(super) async fn repair(&self) -> Result<(), RemoteError> {
        set_faults(self.address, &[]).await
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::lab::{Lab, LabConfig};

    #[tokio::test]
    async fn the_lab_is_broken_and_sound_again() {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = Lab::start(address, LabConfig::default()).expect("a lab");
        let lab = DemoLab {
            address: server.address(),
            script: Script::default(),
        };
        assert_eq!(lab.url(), server.url());
        lab.break_it().await.expect("done");
        lab.repair().await.expect("done");
        drop(server);
        let why = lab.break_it().await.expect_err("nobody there").to_string();
        assert!(why.contains("cannot set faults of the lab"), "{why}");
    }
}
