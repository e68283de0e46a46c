//! Completions, in the shells that they are for, and the manual page.
//! `tests/run` installs zsh, fish and mandoc.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::process::Command;

use crate::support::{Folder, Program};

/// Completes the line `$2` in an interactive zsh of its own and prints what is
/// offered, a word a line. `$1` is a folder with the script.
const ZSH: &str = r#"
zmodload zsh/zpty || exit 77
zpty shell zsh -f -i
zpty -w shell "PROMPT=; source $1/setup; rm $1/setup"
repeat 600; do [[ -e $1/setup ]] || break; sleep 0.05; done
repeat 600; do [[ -e $1/ready ]] && break; sleep 0.05; done
zpty -w -n shell "$2"$'\t'
repeat 600; do [[ -e $1/done ]] && break; sleep 0.05; done
zpty -d shell
cat $1/offered
"#;

/// What zsh does before: completions are written into a file as they are offered.
const ZSH_SETUP: &str = r#"
fpath=(FOLDER $fpath)
autoload -U compinit
compinit -u -D
unsetopt zle_bracketed_paste
bindkey '^I' complete-word
zstyle ':completion:*' insert-tab false
compadd() {
    local -a hits
    if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
        builtin compadd -O hits "$@"
        print -rl -- $hits >> FOLDER/offered
    fi
    builtin compadd "$@"
}
ended() { : > FOLDER/done }
comppostfuncs=(ended)
: > FOLDER/offered
: > FOLDER/ready
"#;

async fn script(shell: &str) -> String {
    let (code, script, stderr) = Program::output(&["completions", shell]).await;
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{shell}");
    script
}

/// The output of a program, line by line.
fn lines(program: &str, folder: &Folder, arguments: &[&str]) -> Vec<String> {
    let mut command = Command::new(program);
    let output = command
        .args(arguments)
        .current_dir(folder.path())
        .env("HOME", folder.path())
        .env("XDG_CONFIG_HOME", folder.path())
        .env("TERM", "xterm")
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}: `tests/run` installs it"));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {stderr}");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().map(str::to_owned).collect()
}

async fn zsh(line: &str) -> Vec<String> {
    let folder = Folder::new();
    folder.file("_swarmdeck", &script("zsh").await);
    folder.file("shop.yaml", "");
    folder.file("setup", &ZSH_SETUP.replace("FOLDER", folder.path()));
    let arguments = ["-f", "-c", ZSH, "zsh", folder.path(), line];
    lines("zsh", &folder, &arguments)
}

async fn fish(line: &str) -> Vec<String> {
    let folder = Folder::new();
    let file = folder.file("swarmdeck.fish", &script("fish").await);
    folder.file("shop.yaml", "");
    let code = format!("source {file}; complete -C '{line}'");
    let offered = lines("fish", &folder, &["--no-config", "-c", &code]);
    let words = offered.iter().map(|line| line.split('\t').next().unwrap());
    words.map(str::to_owned).collect()
}

async fn bash(line: &str) -> Vec<String> {
    let folder = Folder::new();
    let file = folder.file("swarmdeck.bash", &script("bash").await);
    folder.file("shop.yaml", "");
    let code = format!(
        "source {file}; COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}; \
         read -ra COMP_WORDS <<< \"$COMP_LINE\"; [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=(''); \
         COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
         _swarmdeck swarmdeck \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD - 1]}}\"; \
         printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    lines("bash", &folder, &["--norc", "--noprofile", "-c", &code])
}

/// Lines, and some of the words that complete them.
const COMPLETED: [(&str, &[&str]); 9] = [
    ("swarmdeck ", &["target", "check", "try", "suite"]),
    ("swarmdeck ta", &["target"]),
    ("swarmdeck --hea", &["--headless", "--headful"]),
    ("swarmdeck target --", &["--fault", "--latency", "--port"]),
    ("swarmdeck target --port 80 --f", &["--fault"]),
    ("swarmdeck completions ", &["bash", "zsh", "fish"]),
    ("swarmdeck --csv-style ", &["locust", "guide"]),
    ("swarmdeck --headless --loglevel ", &["DEBUG", "WARNING"]),
    ("swarmdeck check sh", &["shop.yaml"]),
];

fn assert_offers(shell: &str, line: &str, offered: &[String], words: &[&str]) {
    for word in words {
        let is_there = offered.iter().any(|one| one.trim_end() == *word);
        assert!(is_there, "{shell}: {line:?}: {word} in {offered:?}");
    }
}

#[tokio::test]
async fn zsh_completes_commands_options_values_and_files() {
    for (line, words) in COMPLETED {
        assert_offers("zsh", line, &zsh(line).await, words);
    }
    let offered = zsh("swarmdeck target --").await;
    let is_there = |word: &str| offered.iter().any(|one| one == word);
    assert!(!is_there("--users"), "an option of runs alone: {offered:?}");
}

#[tokio::test]
async fn fish_completes_commands_options_values_and_files() {
    for (line, words) in COMPLETED {
        assert_offers("fish", line, &fish(line).await, words);
    }
    let offered = fish("swarmdeck target --").await;
    let is_there = |word: &str| offered.iter().any(|one| one == word);
    assert!(!is_there("--users"), "an option of runs alone: {offered:?}");
    assert!(
        !fish("swarmdeck target ")
            .await
            .contains(&"check".to_owned())
    );
}

#[tokio::test]
async fn bash_completes_commands_options_and_values() {
    // Files are left to bash itself.
    for (line, words) in COMPLETED
        .into_iter()
        .filter(|(line, _)| !line.contains("check"))
    {
        assert_offers("bash", line, &bash(line).await, words);
    }
}

#[tokio::test]
async fn the_manual_page_has_a_date() {
    let (code, page, _) = Program::output(&["man"]).await;
    assert_eq!(code, Some(0));
    let head = page.lines().find(|line| line.starts_with(".TH")).unwrap();
    let is_date = |word: &str| {
        let shape = word.trim_matches('"').bytes();
        let shape: Vec<_> = shape
            .map(|b| if b.is_ascii_digit() { b'9' } else { b })
            .collect();
        shape == b"9999-99-99"
    };
    assert!(head.split_whitespace().any(is_date), "{head}");
}

#[tokio::test]
async fn mandoc_has_nothing_to_say_about_the_manual_page() {
    let folder = Folder::new();
    let (_, page, _) = Program::output(&["man"]).await;
    let path = folder.file("swarmdeck.1", &page);
    let mut mandoc = Command::new("mandoc");
    let output = mandoc.args(["-Tlint", &path]).output();
    let output = output.expect("mandoc is missing: `tests/run` installs it");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "");
}
