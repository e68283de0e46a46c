//! `include`: parts of other files.

use crate::support::{Folder, Program};

const TASKS: &str = "{tasks: {t: [{get: /}]}}";

/// Checks a file of the folder; gives the exit code and all that was said.
async fn check(folder: &Folder, file: &str) -> (Option<i32>, String) {
    let path = format!("{}/{file}", folder.path());
    let (code, stdout, stderr) = Program::output(&["check", &path]).await;
    assert!(!stderr.contains("panicked"), "{stderr}");
    (code, stdout + stderr.as_str())
}

/// A mistake whose account has all these parts.
async fn mistake(folder: &Folder, file: &str, parts: &[&str]) {
    let (code, said) = check(folder, file).await;
    assert_eq!(code, Some(2), "{said}");
    for part in parts {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[tokio::test]
async fn parts_of_other_files_are_taken_in_from_where_they_lie() {
    let folder = Folder::new();
    std::fs::create_dir_all(format!("{}/parts/deep", folder.path())).unwrap();
    folder.file(
        "main.yaml",
        &format!("include: [parts/a.yaml, parts/b.yaml]\nuser_classes: {{Own: {TASKS}}}\n"),
    );
    // Both include the same file, which is taken in once.
    let a = format!(
        "include: deep/c.yaml\nname: By itself\nload: {{users: 7}}\nuser_classes: {{A: {TASKS}}}\n"
    );
    folder.file("parts/a.yaml", &a);
    folder.file("parts/b.yaml", "include: deep/c.yaml\n");
    folder.file(
        "parts/deep/c.yaml",
        &format!("user_classes: {{C: {TASKS}}}\n"),
    );
    let (code, said) = check(&folder, "main.yaml").await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("(main; 3 user classes, 3 tasks)"), "{said}");
    // The first may say what it likes about load: it can be run by itself.
    let (code, said) = check(&folder, "parts/a.yaml").await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("(By itself; 2 user classes"), "{said}");
}

#[tokio::test]
async fn a_file_may_consist_of_what_it_includes() {
    let folder = Folder::new();
    folder.file("main.yaml", "include: classes.yaml\n");
    folder.file("classes.yaml", &format!("user_classes: {{A: {TASKS}}}\n"));
    let (code, said) = check(&folder, "main.yaml").await;
    assert_eq!(code, Some(0), "{said}");
}

#[tokio::test]
async fn a_mistake_in_an_included_file_is_shown_there() {
    let folder = Folder::new();
    folder.file(
        "main.yaml",
        &format!("include: part.yaml\nuser_classes: {{Own: {TASKS}}}\nload: {{users: none}}\n"),
    );
    folder.file(
        "part.yaml",
        "# A part\nuser_classes:\n  A:\n    wait: 1 parsec\n    tasks: {t: [{get: '/{{ nix }}'}]}\n",
    );
    let place = [
        "part.yaml:4:11",
        "main.yaml:3:15",
        "1 parsec",
        "part.yaml:5:28",
    ];
    mistake(&folder, "main.yaml", &place).await;
    folder.file("part.yaml", "user_classes: {A: [}\n");
    mistake(
        &folder,
        "main.yaml",
        &["part.yaml:1:", "not YAML", "1 error"],
    )
    .await;
    folder.file("part.yaml", "- a\n");
    mistake(
        &folder,
        "main.yaml",
        &["part.yaml:1:1", "must be a map, not a list"],
    )
    .await;
}

#[tokio::test]
async fn what_cannot_be_included_is_said_with_its_reason() {
    let folder = Folder::new();
    let main = |include: &str| {
        let text = format!("include: {include}\nuser_classes: {{Own: {TASKS}}}\n");
        folder.file("main.yaml", &text);
    };
    main("nowhere.yaml");
    mistake(
        &folder,
        "main.yaml",
        &["main.yaml:1:10", "cannot read ", "nowhere.yaml: "],
    )
    .await;
    main("{a: b}");
    mistake(
        &folder,
        "main.yaml",
        &["must be a path or a list of paths", "not a map"],
    )
    .await;
    main("'{{ x }}'");
    mistake(&folder, "main.yaml", &["needed before the run"]).await;
    main("[part.yaml, 'x.py']");
    folder.file("part.yaml", "headers: {A: b}\ndatas: {}\nhttps: {}\n");
    let parts = [
        "x.py is a Python file",
        "`headers` is not allowed in an included file",
        "`blocks`",
        "did you mean `data`?",
    ];
    mistake(&folder, "main.yaml", &parts).await;
}

#[tokio::test]
async fn a_name_that_two_files_define_is_a_mistake_that_names_both() {
    let folder = Folder::new();
    folder.file(
        "main.yaml",
        &format!("include: [part.yaml]\nuser_classes:\n  A: {TASKS}\n"),
    );
    folder.file("part.yaml", &format!("user_classes:\n\n  A: {TASKS}\n"));
    let parts = ["part.yaml:3:3", "already defined at", "main.yaml:3"];
    mistake(&folder, "main.yaml", &parts).await;
}

#[tokio::test]
async fn files_that_include_each_other_are_a_mistake_with_its_way() {
    let folder = Folder::new();
    folder.file("a.yaml", "include: b.yaml\n");
    folder.file("b.yaml", "include: [./c.yaml]\n");
    folder.file("c.yaml", "include: [a.yaml]\n");
    let (_, said) = check(&folder, "a.yaml").await;
    let way: Vec<_> = ["a", "b", "./c", "a"]
        .iter()
        .map(|name| format!("{}/{name}.yaml", folder.path()))
        .collect();
    assert!(said.contains(&way.join(" -> ")), "{said}");
    assert!(said.contains("c.yaml:1:11"), "{said}");
    folder.file("self.yaml", "include: self.yaml\n");
    mistake(&folder, "self.yaml", &["include itself"]).await;
}

#[tokio::test]
async fn files_and_their_sum_have_limits() {
    let folder = Folder::new();
    let names: Vec<_> = (0..33).map(|n| format!("p{n}.yaml")).collect();
    for name in &names {
        folder.file(name, "variables: {}\n");
    }
    let main = |names: &[String]| {
        let include = names.join(", ");
        let text = format!("include: [{include}]\nuser_classes: {{Own: {TASKS}}}\n");
        folder.file("main.yaml", &text);
    };
    main(&names);
    mistake(&folder, "main.yaml", &["more than 32 included files"]).await;
    for name in &names[..2] {
        folder.file(
            name,
            &format!("#{}\nvariables: {{}}\n", "x".repeat(600_000)),
        );
    }
    main(&names[..2]);
    mistake(
        &folder,
        "main.yaml",
        &["together are larger than 1 MiB", "p1.yaml:1:1"],
    )
    .await;
}

#[tokio::test]
async fn the_files_to_take_in_may_be_named_by_the_environment() {
    let folder = Folder::new();
    folder.file(
        "main.yaml",
        "include: '{{ env.PART }}.yaml'\nscenarios: [{file: '{{ env.OTHER or \"b\" }}.yaml', share: '{{ env.SHARE }}'}]\n",
    );
    folder.file("a.yaml", &format!("user_classes: {{A: {TASKS}}}\n"));
    folder.file("b.yaml", &format!("user_classes: {{B: {TASKS}}}\n"));
    let path = format!("{}/main.yaml", folder.path());
    let set = [("PART", "a"), ("SHARE", "2")];
    let (code, said, stderr) = Program::output_in(&folder, &set, &["check", &path]).await;
    assert_eq!(code, Some(0), "{stderr}");
    assert!(said.contains("2 user classes"), "{said}");
    let (code, _, stderr) = Program::output_in(&folder, &[], &["check", &path]).await;
    assert_eq!(code, Some(2), "{stderr}");
    for name in ["PART", "SHARE"] {
        let words = format!("the environment variable `{name}` is not set");
        assert_eq!(stderr.matches(&words).count(), 1, "{stderr}");
    }
    assert!(stderr.contains("2 errors"), "{stderr}");
    // What is secret names no file: the name is shown.
    folder.file(
        "main.yaml",
        "include: \"{{ env.NONE or secret('PART') }}.yaml\"\n",
    );
    let (code, _, stderr) = Program::output_in(&folder, &set, &["check", &path]).await;
    assert_eq!(code, Some(2), "{stderr}");
    assert!(
        stderr.contains("templates are not allowed here"),
        "{stderr}"
    );
}

#[tokio::test]
async fn a_folder_is_checked_file_by_file() {
    let folder = Folder::new();
    folder.file("a.yaml", &format!("user_classes: {{A: {TASKS}}}\n"));
    folder.file("b.yml", "user_classes: {B: {task: {}}}\n");
    folder.file("notes.txt", "no scenario");
    let (code, said) = check(&folder, "").await;
    assert_eq!(code, Some(2), "{said}");
    for part in [
        "a.yaml: ok (a; 1 user class, 1 task)",
        "b.yml:1:",
        "b.yml: 2 errors",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(!said.contains("notes"), "{said}");
    let empty = Folder::new();
    let (code, said) = check(&empty, "").await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("no .yaml, .yml or .json file in"), "{said}");
}
