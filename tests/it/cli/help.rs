//! The help of every command.

use crate::support::{Folder, Program, assert_snapshot};

/// The help of a command, as on a terminal of 100 columns.
async fn help(command: &[&str]) -> String {
    let folder = Folder::new();
    let arguments = [command, &["--help"]].concat();
    let (code, help, stderr) = Program::output_in(&folder, &[], &arguments).await;
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{command:?}");
    help
}

#[tokio::test]
async fn the_help_of_every_command_is_that_of_the_snapshot() {
    let whole = help(&[]).await;
    let (_, commands) = whole.split_once("Commands:\n").expect("commands");
    let lines = commands.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.split_whitespace().next());
    let mut texts = vec![format!("$ swarmdeck --help\n{whole}")];
    for name in names.filter(|name| *name != "help") {
        let help = help(&[name]).await;
        texts.push(format!("$ swarmdeck {name} --help\n{help}"));
    }
    assert_snapshot("help", &texts.join("\n"));
}
