use super::*;
use std::os::unix::net::UnixListener;

const TOPOLOGY: &str = "mpatha (36001) dm-0 A,B\nsize=1G\n`-+- policy='x' prio=50 status=active\n  \
                        `- 0:0:0:0 sda 8:0 failed faulty offline\n";

/// A socket of this run's own.
fn socket(name: &str) -> String {
    format!("mpathstat-test-{}-{name}", std::process::id())
}

fn listen(socket: &str) -> UnixListener {
    UnixListener::bind_addr(&SocketAddr::from_abstract_name(socket).unwrap()).unwrap()
}

/// A multipathd that answers every request with these bytes.
fn daemon(name: &str, answer: Vec<u8>) -> Daemon {
    let socket = socket(name);
    let listener = listen(&socket);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; size_of::<usize>() + 14];
            stream.read_exact(&mut request).unwrap();
            assert!(request.ends_with(b"show topology\0"));
            assert!(request.starts_with(&14usize.to_ne_bytes()));
            stream.write_all(&answer).unwrap();
        }
    });
    Daemon::start(socket).unwrap()
}

fn framed(length: usize) -> Vec<u8> {
    let mut answer = length.to_ne_bytes().to_vec();
    answer.extend_from_slice(TOPOLOGY.as_bytes());
    answer.push(0);
    answer
}

/// What multipathd said of `sda` within a second.
fn said(daemon: &mut Daemon) -> Option<Manager> {
    for _ in 0..100 {
        if let Some(answer) = daemon.latest() {
            return answer.get(&b"sda"[..]).cloned();
        }
        thread::sleep(Duration::from_millis(10));
    }
    None
}

#[test]
fn what_multipathd_says_comes_when_it_comes() {
    let manager = said(&mut daemon("answers", framed(TOPOLOGY.len() + 1))).unwrap();
    assert_eq!((manager.group, &manager.states[..]), (Some(1), &b"failed faulty"[..]));
    assert_eq!((&manager.group_status[..], &manager.priority[..]), (&b"active"[..], &b"50"[..]));
}

#[test]
fn a_multipathd_that_lies_about_its_answer_says_nothing() {
    assert_eq!(said(&mut daemon("endless", framed(usize::MAX))), None);
    assert_eq!(said(&mut daemon("short", framed(TOPOLOGY.len() + 9))), None);
}

#[test]
fn nobody_waits_for_a_multipathd_that_hangs() {
    let socket = socket("hangs");
    let _silent = listen(&socket);
    let start = Instant::now();
    let mut daemon = Daemon::start(socket).unwrap();
    assert!(daemon.latest().is_none());
    drop(daemon);
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}
