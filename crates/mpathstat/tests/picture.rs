//! The recipe for a picture: docs/await.gnuplot draws what the fixture prints.

use std::fs;
use test_support::{command, repository, stdout, temp_dir, works, write};

/// The picture of the documentation.
const PICTURE: &str = "docs/pictures/await.svg";

#[test]
fn gnuplot_draws_the_picture_of_the_documentation() {
    if !works(command("gnuplot").arg("--version")) {
        return;
    }
    let folder = temp_dir();
    let data = fs::read(repository("testdata/mpathstat/recipe-picture/stdout")).expect("a fixture");
    write(&folder.path().join("await.dat"), data);
    let mut gnuplot = command("gnuplot");
    gnuplot.arg(repository("docs/await.gnuplot")).current_dir(folder.path());
    let drawn = String::from_utf8_lossy(&stdout(&mut gnuplot)).into_owned();
    for title in ["sda host1", "sdb host2"] {
        assert!(drawn.contains(title), "{title} is not in the picture");
    }
    // Another version draws other lines.
    let version = |svg: &str| svg.lines().find(|line| line.contains("GNUPLOT")).map(str::to_owned);
    let committed = fs::read_to_string(repository(PICTURE)).expect("a picture");
    assert!(version(&committed).is_some(), "no version in {PICTURE}");
    if version(&committed) == version(&drawn) {
        assert!(drawn == committed, "{PICTURE} is stale; draw it again");
    }
}
