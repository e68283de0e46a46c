//! Brings the chart library into the build and names the build of the front
//! end. `package-lock.json` says which version and what its bytes hash to; the
//! repository holds no third-party code, and no Node is needed.

use std::env;
use std::error::Error;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use npm_utils::{download, extract, integrity, registry::Registry};

/// Package, and its files that the dashboard is served with.
const PACKAGE: &str = "uplot";
const FILES: [(&str, &str); 3] = [
    ("dist/uPlot.esm.js", "uPlot.esm.js"),
    ("dist/uPlot.min.css", "uPlot.min.css"),
    ("LICENSE", "uPlot.LICENSE.txt"),
];
/// When a package was made, in Unix seconds, for builds that are the same each time.
const SOURCE_DATE: &str = "SOURCE_DATE_EPOCH";
/// A folder with the unpacked package, for builds without a network.
const NPM_DIR: &str = "SWARMDECK_NPM_DIR";
const LOCK_FILE: &str = "package-lock.json";

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

struct Locked {
    version: String,
    integrity: String,
}

#[expect(clippy::print_stderr, reason = "where cargo looks for a reason")]
fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    for path in ["build.rs", LOCK_FILE, "static", "templates"] {
        println!("cargo:rerun-if-changed={path}");
    }
    println!("cargo:rerun-if-env-changed={NPM_DIR}");
    println!("cargo:rerun-if-env-changed={SOURCE_DATE}");

    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let vendor = PathBuf::from(env::var("OUT_DIR")?).join("vendor");
    let locked = read_lock(&root.join(LOCK_FILE))?;
    provide(&locked, &vendor)?;

    let build = build_hash(&[root.join("static"), root.join("templates"), vendor])?;
    println!("cargo:rustc-env=SWARMDECK_BUILD={build:016x}");
    println!("cargo:rustc-env=SWARMDECK_DATE={}", date()?);
    Ok(())
}

/// The day of the build, or of the source it is made of, for the manual page.
fn date() -> Result<String> {
    let unix_s = match env::var(SOURCE_DATE) {
        Ok(text) => text.parse().map_err(|e| format!("{SOURCE_DATE}: {e}"))?,
        Err(_) => SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
    };
    Ok(day(unix_s / 86_400))
}

/// `2026-11-28`, of days since 1970: years are counted from March on, so that
/// the day which some of them have more is their last.
fn day(since_1970: u64) -> String {
    let days = since_1970 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year + next)
}

fn read_lock(path: &Path) -> Result<Locked> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let lock: serde_json::Value = serde_json::from_str(&text)?;
    let entry = &lock["packages"][format!("node_modules/{PACKAGE}")];
    let field = |name: &str| {
        let value = entry[name].as_str().map(str::to_owned);
        value.ok_or_else(|| format!("{LOCK_FILE} names no {name} of {PACKAGE}"))
    };
    Ok(Locked {
        version: field("version")?,
        integrity: field("integrity")?,
    })
}

/// Fills `vendor` unless it already holds what the lock file asks for.
fn provide(locked: &Locked, vendor: &Path) -> Result<()> {
    let given = env::var_os(NPM_DIR).map(PathBuf::from);
    if let Some(dir) = &given {
        println!("cargo:rerun-if-changed={}", dir.display());
    }
    // The stamp lies beside the folder: all that is in the folder is served.
    let stamp = vendor.with_extension("stamp");
    let wanted = format!("{} {} {given:?}", locked.version, locked.integrity);
    let complete = FILES.iter().all(|(_, to)| vendor.join(to).is_file());
    if given.is_none() && complete && fs::read_to_string(&stamp).is_ok_and(|had| had == wanted) {
        return Ok(());
    }
    if vendor.exists() {
        fs::remove_dir_all(vendor)?;
    }
    fs::create_dir_all(vendor)?;
    match &given {
        Some(dir) => copy(dir, locked, vendor)?,
        None => fetch(locked, vendor)?,
    }
    fs::write(stamp, wanted)?;
    Ok(())
}

fn fetch(locked: &Locked, vendor: &Path) -> Result<()> {
    let url = Registry::npm().tarball_url(PACKAGE, &locked.version);
    let bytes = download::fetch(&url).map_err(|e| {
        format!(
            "could not fetch {url}: {e}\n\
             The dashboard's charts need {PACKAGE} {version}. Without a network, unpack that \
             package elsewhere and set {NPM_DIR} to its folder (or to a node_modules with it).",
            version = locked.version,
        )
    })?;
    integrity::verify(PACKAGE, &bytes, &locked.integrity)?;
    let files = extract::tar_gz(
        &bytes,
        vendor,
        Some("package/"),
        extract::Select::Files(&FILES),
    )?;
    if files == FILES.len() {
        return Ok(());
    }
    Err(format!("{url} lacks one of {FILES:?}").into())
}

fn copy(given: &Path, locked: &Locked, vendor: &Path) -> Result<()> {
    let nested = given.join(PACKAGE);
    let package = if nested.is_dir() { &nested } else { given };
    let read = |name: &str| {
        let path = package.join(name);
        fs::read(&path).map_err(|e| {
            let path = path.display();
            format!("{path}: {e}\n{NPM_DIR} must name the folder of {PACKAGE}, unpacked.")
        })
    };
    let manifest: serde_json::Value = serde_json::from_slice(&read("package.json")?)?;
    if manifest["name"] != PACKAGE || manifest["version"] != *locked.version {
        let (name, version) = (&manifest["name"], &manifest["version"]);
        let wanted = &locked.version;
        let message = format!("{NPM_DIR} holds {name} {version}, not {PACKAGE} {wanted}");
        return Err(message.into());
    }
    for (from, to) in FILES {
        fs::write(vendor.join(to), read(from)?)?;
    }
    Ok(())
}

/// Names the front end by its content, so that its files can be cached for
/// ever and an open page notices that the program was replaced.
fn build_hash(folders: &[PathBuf]) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    hasher.write(env::var("CARGO_PKG_VERSION")?.as_bytes());
    for folder in folders {
        hash_folder(folder, &mut hasher)?;
    }
    Ok(hasher.finish())
}

fn hash_folder(folder: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    let entries = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.map(|e| e.path()))
        .collect::<std::result::Result<_, _>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            hash_folder(&path, hasher)?;
        } else {
            hasher.write(path.file_name().unwrap_or_default().as_encoded_bytes());
            hasher.write(&fs::read(&path)?);
        }
    }
    Ok(())
}
