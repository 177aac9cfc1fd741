//! A list of the crates in a binary as `CycloneDX` 1.5, for programs that look for known faults.

use super::linked_crates::LinkedCrate;
use std::fmt::Write as _;
use toolkit::records::json_string;

/// The document. The first crate is the command. The standard library is not in it.
pub(super) fn text(linked: &[LinkedCrate]) -> String {
    let mut text = "{\n\"bomFormat\": \"CycloneDX\",\n\"specVersion\": \"1.5\",\n\"version\": 1,\n\
                    \"metadata\": {\"component\": "
        .to_owned();
    let (command, others) = linked.split_at(linked.len().min(1));
    text.extend(command.iter().map(|command| component(command, "application")));
    text.push_str("},\n\"components\": [\n");
    let components: Vec<_> = others.iter().map(|linked| component(linked, "library")).collect();
    text.push_str(&components.join(",\n"));
    text.push_str("\n],\n\"dependencies\": [\n");
    let edges: Vec<_> = linked.iter().map(edges).collect();
    text.push_str(&edges.join(",\n"));
    text.push_str("\n]\n}\n");
    text
}

/// A crate as an object.
fn component(linked: &LinkedCrate, kind: &str) -> String {
    let LinkedCrate { name, version, license, repository, checksum, .. } = linked;
    let mut object = format!(
        "{{\"type\": {}, \"bom-ref\": {}, \"name\": {}, \"version\": {}, \
         \"licenses\": [{{\"expression\": {}}}]",
        string(kind),
        string(&linked.id()),
        string(name),
        string(version),
        string(license)
    );
    if let Some(checksum) = checksum {
        let package = string(&format!("pkg:cargo/{name}@{version}"));
        let hash = string(checksum);
        let _ = write!(
            object,
            ", \"purl\": {package}, \"hashes\": [{{\"alg\": \"SHA-256\", \"content\": {hash}}}]"
        );
    }
    if !repository.is_empty() {
        let reference = format!("{{\"type\": \"vcs\", \"url\": {}}}", string(repository));
        let _ = write!(object, ", \"externalReferences\": [{reference}]");
    }
    object + "}"
}

/// What a crate uses, as an object.
fn edges(linked: &LinkedCrate) -> String {
    let uses: Vec<_> = linked.uses.iter().map(|id| string(id)).collect();
    format!("{{\"ref\": {}, \"dependsOn\": [{}]}}", string(&linked.id()), uses.join(", "))
}

fn string(text: &str) -> String {
    let mut quoted = Vec::new();
    // Writing to memory does not fail.
    let _ = json_string(text.as_bytes(), &mut quoted);
    String::from_utf8_lossy(&quoted).into_owned()
}
