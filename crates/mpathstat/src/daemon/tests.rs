use super::*;
use std::os::unix::net::UnixListener;

const TOPOLOGY: &str = "mpatha (36001) dm-0 A,B\nsize=1G\n`-+- policy='x' prio=50 status=active\n  \
                        `- 0:0:0:0 sda 8:0 failed faulty offline\n";

/// A multipathd that answers every request with these bytes.
fn daemon(name: &'static [u8], answer: Vec<u8>) -> Daemon {
    let listener = UnixListener::bind_addr(&SocketAddr::from_abstract_name(name).unwrap()).unwrap();
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
    Daemon::start(name).unwrap()
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
    let manager = said(&mut daemon(b"mpathstat-test-answers", framed(TOPOLOGY.len() + 1))).unwrap();
    assert_eq!((manager.group, &manager.states[..]), (Some(1), &b"failed faulty"[..]));
    assert_eq!((&manager.group_status[..], &manager.priority[..]), (&b"active"[..], &b"50"[..]));
}

#[test]
fn a_multipathd_that_lies_about_its_answer_says_nothing() {
    assert_eq!(said(&mut daemon(b"mpathstat-test-endless", framed(usize::MAX))), None);
    assert_eq!(said(&mut daemon(b"mpathstat-test-short", framed(TOPOLOGY.len() + 9))), None);
}

#[test]
fn nobody_waits_for_a_multipathd_that_hangs() {
    let address = SocketAddr::from_abstract_name(b"mpathstat-test-hangs").unwrap();
    let _silent = UnixListener::bind_addr(&address).unwrap();
    let start = Instant::now();
    let mut daemon = Daemon::start(b"mpathstat-test-hangs").unwrap();
    assert!(daemon.latest().is_none());
    drop(daemon);
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}
