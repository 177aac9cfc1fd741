//! What only multipathd knows: failed paths, path groups and their priorities.
//!
//! multipathd answers on a socket in the abstract namespace, which belongs to a network namespace. Recent
//! ones also listen on a file, which can be mounted into a container. A request is a `size_t` in native byte
//! order, which is the length of the text with its NUL, and the text. An answer has the same format.
//! The answer to `show topology` is the text of `multipath -ll`, or `ok` if there is no map. Instead of
//! it, a word says that multipathd could not find out: `timeout` if it waited too long for a lock, which
//! it does while storage hangs, or `fail`. Sources: `libmpathcmd/mpath_cmd.h` and
//! `multipathd/uxlsnr.c` of multipath-tools.
//!
//! Anybody can listen on such a socket while multipathd does not run, so only an answer of root counts.
//!
//! multipathd can hang, and it does if storage does. So a thread asks it, with a deadline, and the
//! reports use the latest answer and never wait for one.

use crate::topology::{MultipathdState, text};
use nix::sys::socket::getsockopt;
use nix::sys::socket::sockopt::PeerCredentials;
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::ops::DerefMut;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The sockets of multipathd.
#[derive(Debug, Clone, Copy)]
pub struct Sockets<'a> {
    /// The name in the abstract namespace.
    pub name: &'a [u8],
    /// The file.
    pub file: &'a Path,
}

impl Sockets<'_> {
    /// The addresses, in the order in which they are tried.
    fn addresses(self) -> io::Result<[SocketAddr; 2]> {
        Ok([SocketAddr::from_abstract_name(self.name)?, SocketAddr::from_pathname(self.file)?])
    }

    /// Those of every multipathd.
    #[must_use]
    pub fn known() -> Sockets<'static> {
        let file = Path::new("/run/multipathd.socket");
        Sockets { name: b"/org/kernel/linux/storage/multipathd", file }
    }
}

/// How long an answer can take.
const DEADLINE: Duration = Duration::from_secs(4);

/// The time from an answer to the next request.
const PAUSE: Duration = Duration::from_secs(2);

/// The age from which an answer is not used.
const MAX_AGE: Duration = Duration::from_secs(10);

/// The longest answer that is accepted; 100,000 paths are shorter.
const ANSWER_MAX: usize = 16 << 20;

/// Whose answers count.
const ROOT: u32 = 0;

/// What multipathd knows.
#[derive(Debug, Default)]
pub struct Answer {
    /// Its text, which `--save` saves.
    pub text: Vec<u8>,
    /// What it says about each path, by kernel name.
    pub states: HashMap<Vec<u8>, MultipathdState>,
}

impl Answer {
    /// The answer with this text.
    #[must_use]
    pub fn parse(text: &[u8]) -> Answer {
        let topology = text::read(text, |_, _| ()).unwrap_or_default();
        Answer { text: text.to_vec(), states: text::multipathd_states(&topology) }
    }
}

/// Why there is no answer, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Nobody listens.
    #[error(
        "multipathd does not run; start it: systemctl start multipathd (in a container, mount \
         /run/multipathd.socket)"
    )]
    NotRunning,
    /// There is no answer in time, or no whole one.
    #[error("multipathd does not answer; see systemctl status multipathd")]
    Silent,
    /// A process of another user listens.
    #[error("a process of another user than root answers as multipathd; start multipathd")]
    NotRoot,
    /// The answer is not used.
    #[error("the answer of multipathd takes more than {0}")]
    TooLong(&'static str),
}

impl From<io::Error> for Failure {
    fn from(_: io::Error) -> Failure {
        Failure::Silent
    }
}

/// An answer, or why there is none, and when it arrived.
type Arrived = (Instant, Result<Answer, Failure>);

/// The latest answer of multipathd, and the thread that asks it.
#[derive(Debug)]
pub struct Multipathd {
    /// What arrived since the last report. Only the newest is kept, however long an interval is.
    arrived: Arc<Mutex<Option<Arrived>>>,
    latest: Option<(Instant, Answer)>,
    failure: Option<Failure>,
    /// The thread ends when this is dropped.
    _running: SyncSender<()>,
}

impl Multipathd {
    /// Starts to ask the multipathd that listens on one of `sockets`.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start(sockets: Sockets<'_>) -> io::Result<Multipathd> {
        Multipathd::start_of_user(sockets, ROOT)
    }

    /// The same for a multipathd that `user` runs.
    fn start_of_user(sockets: Sockets<'_>, user: u32) -> io::Result<Multipathd> {
        let addresses = sockets.addresses()?;
        let arrived = Arc::new(Mutex::new(None));
        let (running, ended) = mpsc::sync_channel::<()>(0);
        let newest = Arc::clone(&arrived);
        thread::Builder::new().name("multipathd".to_owned()).spawn(move || {
            loop {
                let answer = ask(&addresses, user);
                *lock(&newest) = Some((Instant::now(), answer));
                if ended.recv_timeout(PAUSE) != Err(RecvTimeoutError::Timeout) {
                    break;
                }
            }
        })?;
        Ok(Multipathd { arrived, latest: None, failure: None, _running: running })
    }

    /// The latest answer, unless it is too old.
    pub fn latest(&mut self) -> Option<&Answer> {
        match lock(&self.arrived).take() {
            Some((when, Ok(answer))) => (self.latest, self.failure) = (Some((when, answer)), None),
            Some((_, Err(failure))) => self.failure = Some(failure),
            None => {}
        }
        let (when, answer) = self.latest.as_ref()?;
        (when.elapsed() < MAX_AGE).then_some(answer)
    }

    /// Why there is no newer answer.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        self.failure
    }
}

/// What arrived. A thread that panicked leaves it whole.
fn lock(arrived: &Mutex<Option<Arrived>>) -> impl DerefMut<Target = Option<Arrived>> {
    arrived.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Connects to the first of the sockets on which a process of `user` listens.
fn connect(addresses: &[SocketAddr], user: u32) -> Result<UnixStream, Failure> {
    let mut failure = Failure::NotRunning;
    for address in addresses {
        let Ok(stream) = UnixStream::connect_addr(address) else { continue };
        let peer = getsockopt(&stream, PeerCredentials).map_err(io::Error::from)?;
        if peer.uid() == user {
            return Ok(stream);
        }
        failure = Failure::NotRoot;
    }
    Err(failure)
}

/// Asks once.
fn ask(addresses: &[SocketAddr], user: u32) -> Result<Answer, Failure> {
    let mut stream = connect(addresses, user)?;
    let deadline = Instant::now() + DEADLINE;
    stream.set_write_timeout(Some(DEADLINE))?;
    let request = b"show topology\0";
    stream.write_all(&request.len().to_ne_bytes())?;
    stream.write_all(request)?;
    let mut reader = AnswerReader { stream, deadline };
    let mut length = [0; size_of::<usize>()];
    reader.read_exact(&mut length)?;
    let length = usize::from_ne_bytes(length);
    if length > ANSWER_MAX {
        return Err(Failure::TooLong("16 MiB"));
    }
    let mut text = vec![0; length];
    reader.read_exact(&mut text)?;
    let mut is_cut = false;
    let topology = text::read(&text[..], |_, bad| is_cut |= bad == text::TOO_MANY)?;
    if is_cut {
        return Err(Failure::TooLong("64 MiB"));
    }
    if topology.maps.is_empty() && !is_empty(&text) {
        return Err(Failure::Silent);
    }
    Ok(Answer { text, states: text::multipathd_states(&topology) })
}

/// Whether an answer without a map says that there is none.
fn is_empty(text: &[u8]) -> bool {
    let text = text.strip_suffix(b"\0").unwrap_or(text);
    matches!(text.trim_ascii(), b"" | b"ok")
}

/// Reads an answer, and fails at the deadline.
struct AnswerReader {
    stream: UnixStream,
    deadline: Instant,
}

impl Read for AnswerReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        self.stream.read(buffer)
    }
}

#[cfg(test)]
mod tests;
