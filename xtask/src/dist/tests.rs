use super::linked_crates::{LinkedCrate, parse};
use super::*;
use crate::workspace::TempWorkspace;

const TREE: &str = "0hail v1.0.0 (/src/hail)|MIT|\n1nod v2.1.0|Unlicense/MIT|https://nod\n\
                    2wave v0.1.0|Zlib|\n1wave v0.1.0|Zlib| (*)\n";
const LOCK: &str = "version = 4\n\n[[package]]\nname = \"hail\"\nversion = \"1.0.0\"\n\n\
                    [[package]]\nname = \"nod\"\nversion = \"2.1.0\"\nsource = \"r\"\n\
                    checksum = \"ab12\"\n\n\
                    [[package]]\nname = \"wave\"\nversion = \"0.1.0\"\nchecksum = \"cd34\"\n";

fn crates() -> Vec<LinkedCrate> {
    parse(TREE, LOCK).expect("a tree")
}

#[test]
fn the_tree_gives_crates_and_what_they_use() {
    let crates = crates();
    let ids: Vec<_> = crates.iter().map(LinkedCrate::id).collect();
    assert_eq!(ids, ["hail-1.0.0", "nod-2.1.0", "wave-0.1.0"]);
    let uses: Vec<_> = crates.iter().map(|linked| linked.uses.join(" ")).collect();
    assert_eq!(uses, ["nod-2.1.0 wave-0.1.0", "wave-0.1.0", ""]);
    let checksums: Vec<_> = crates.iter().map(|linked| linked.checksum.as_deref()).collect();
    assert_eq!(checksums, [None, Some("ab12"), Some("cd34")]);
    assert_eq!(crates[1].license, "Unlicense OR MIT");
    assert_eq!((&*crates[1].repository, &*crates[2].repository), ("https://nod", ""));
    assert!(parse("hail v1|MIT|", LOCK).is_err());
}

#[test]
fn each_text_is_in_the_notices_once() {
    let temp = TempWorkspace::new(&[
        ("v/nod-2.1.0/LICENSE", "MIT text\n"),
        ("v/nod-2.1.0/UNLICENSE", "none\r\n"),
        ("v/nod-2.1.0/lib.rs", "code"),
        ("v/wave-0.1.0/license.txt", "MIT text"),
    ]);
    let text = notices::text(&temp, &crates(), "v").expect("readable files");
    let line = "-".repeat(80);
    assert_eq!(
        text,
        format!(
            "This program contains the following crates:\n\n    nod 2.1.0: Unlicense OR MIT; \
             https://nod\n    wave 0.1.0: Zlib; \n\n{line}\nnod-2.1.0 LICENSE\nwave-0.1.0 \
             license.txt\n\nMIT text\n\n{line}\nnod-2.1.0 UNLICENSE\n\nnone\n"
        )
    );
}

#[test]
fn a_crate_without_a_license_is_an_error() {
    let temp = TempWorkspace::new(&[("v/nod-2.1.0/LICENSE", ""), ("v/wave-0.1.0/lib.rs", "")]);
    let error = notices::text(&temp, &crates(), "v").expect_err("no license").to_string();
    assert_eq!(error, "v/wave-0.1.0: no license; add a text for this crate");
}

#[test]
fn the_list_for_programs_names_every_crate() {
    let text = sbom::text(&crates());
    for expected in [
        "\"metadata\": {\"component\": {\"type\": \"application\", \"bom-ref\": \"hail-1.0.0\", ",
        "\n{\"type\": \"library\", \"bom-ref\": \"nod-2.1.0\", \"name\": \"nod\", \"version\": \
         \"2.1.0\", \"licenses\": [{\"expression\": \"Unlicense OR MIT\"}], \"purl\": \
         \"pkg:cargo/nod@2.1.0\", \"hashes\": [{\"alg\": \"SHA-256\", \"content\": \"ab12\"}], \
         \"externalReferences\": [{\"type\": \"vcs\", \"url\": \"https://nod\"}]},\n",
        "{\"ref\": \"hail-1.0.0\", \"dependsOn\": [\"nod-2.1.0\", \"wave-0.1.0\"]},\n",
    ] {
        assert!(text.contains(expected), "{expected}\nis not in\n{text}");
    }
}

#[test]
fn an_archive_depends_on_nothing_but_its_files() {
    let archive_of = |files: &[(&str, &str)]| {
        let temp = TempWorkspace::new(files);
        let name = archive::pack(&temp, "a-1", "1700000000").expect("tar and gzip");
        temp.read(&format!("{FOLDER}/{name}")).expect("readable").expect("an archive")
    };
    let (one, two) = (("dist/a-1/x/one", "1"), ("dist/a-1/two", "2"));
    assert_eq!(archive_of(&[one, two]), archive_of(&[two, one]));
    assert_ne!(archive_of(&[one, two]), archive_of(&[one]));
}
