//! The virtual machine: its devices, its start and its end.

use super::image::Image;
use crate::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// The shared disks: name, the SCSI controllers that it has a path through, and its WWN.
const DISKS: [(&str, &[u8], &str); 4] = [
    ("a", &[0, 1, 2, 3], "0x5000c50000000001"),
    ("b", &[0, 1], "0x5000c50000000002"),
    ("c", &[2, 3], "0x5000c50000000003"),
    ("d", &[0], "0x5000c50000000004"),
];
const DISK_BYTES: u64 = 512 << 20;

/// A machine that runs. It is killed when the value is dropped, and when this program dies.
pub(super) struct Machine {
    child: Child,
    console: PathBuf,
}

impl Machine {
    /// Starts the machine with `share` as its folder /lab.
    pub(super) fn start(image: &Image, run: &Path, share: &Path) -> Result<Machine, Error> {
        let console = run.join("console");
        let mut qemu = qemu(image, accelerator(image)?);
        add_system(&mut qemu, image, share);
        add_disks(&mut qemu, run)?;
        qemu.arg("-serial").arg(format!("file:{}", console.display()));
        let log = run.join("qemu");
        let file = fs::File::create(&log).map_err(Error::file(&log))?;
        qemu.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file);
        let child = qemu.spawn().map_err(Error::program("setpriv"))?;
        Ok(Machine { child, console })
    }

    /// Waits; the status of qemu if the machine has ended.
    pub(super) fn wait(&mut self, time: Duration) -> Result<Option<ExitStatus>, Error> {
        std::thread::sleep(time);
        self.child.try_wait().map_err(Error::program("qemu-system-x86_64"))
    }

    /// An error with the last lines of the machine's console.
    pub(super) fn failure(&self, what: &str) -> Error {
        let console = fs::read(&self.console).unwrap_or_default();
        let console = String::from_utf8_lossy(&console);
        let lines: Vec<_> = console.lines().collect();
        let last = lines.get(lines.len().saturating_sub(15)..).unwrap_or_default();
        Error::Invalid(format!("{what}; its console:\n{}", last.join("\n")))
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Removes the machine's disks, which a run leaves in its folder.
pub(super) fn remove_disks(run: &Path) -> Result<(), Error> {
    for name in disk_names() {
        let path = run.join(name);
        if path.exists() {
            fs::remove_file(&path).map_err(Error::file(path))?;
        }
    }
    Ok(())
}

fn disk_names() -> impl Iterator<Item = String> {
    DISKS.iter().map(|(name, ..)| *name).chain(["nvme"]).map(|name| format!("{name}.disk"))
}

/// The start of every command: qemu dies with its parent.
fn qemu(image: &Image, accelerator: &str) -> Command {
    let mut qemu = Command::new("setpriv");
    qemu.args(["--pdeathsig", "KILL", "qemu-system-x86_64", "-machine", "q35", "-cpu", "Nehalem"]);
    qemu.args(["-accel", accelerator, "-nodefaults", "-display", "none", "-no-reboot"]);
    qemu.arg("-kernel").arg(image.path("vmlinuz"));
    qemu
}

fn add_system(qemu: &mut Command, image: &Image, share: &Path) {
    qemu.args(["-smp", "2", "-m", "2048"]).arg("-initrd").arg(image.path("initrd"));
    // A busy host emulates the timer too late for the kernel's test of it.
    let parameters = "console=ttyS0 quiet loglevel=4 mitigations=off panic=-1 no_timer_check \
                      audit=1 audit_backlog_limit=65536";
    qemu.args(["-append", parameters]);
    let root = image.path("root.ext4");
    qemu.args(["-device", "virtio-blk-pci,drive=root", "-device", "virtio-rng-pci", "-drive"]);
    // All that the machine writes to its root file system is lost when it ends.
    qemu.arg(format!("file={},if=none,id=root,format=raw,snapshot=on", root.display()));
    qemu.args(["-device", "virtio-9p-pci,fsdev=lab,mount_tag=lab", "-fsdev"]);
    qemu.arg(format!("local,id=lab,path={},security_model=none", share.display()));
}

/// Four SCSI controllers with shared disks, and one NVMe namespace behind two controllers.
fn add_disks(qemu: &mut Command, run: &Path) -> Result<(), Error> {
    for name in disk_names() {
        let path = run.join(name);
        let disk = fs::File::create(&path).and_then(|file| file.set_len(DISK_BYTES));
        disk.map_err(Error::file(path))?;
    }
    for controller in 0..4 {
        qemu.args(["-device", &format!("virtio-scsi-pci,id=scsi{controller}")]);
    }
    for (target, (name, controllers, wwn)) in DISKS.iter().enumerate() {
        for controller in *controllers {
            add_path(qemu, run, name, *controller, target, wwn);
        }
    }
    let disk = run.join("nvme.disk");
    qemu.args(["-device", "nvme-subsys,id=subsystem,nqn=lab", "-drive"]);
    qemu.arg(format!("file={},if=none,id=nvme,format=raw,discard=unmap", disk.display()));
    for controller in ["nvme0", "nvme1"] {
        qemu.arg("-device").arg(format!("nvme,id={controller},serial=lab,subsys=subsystem"));
    }
    qemu.args(["-device", "nvme-ns,bus=nvme0,drive=nvme,nsid=1,shared=on"]);
    Ok(())
}

/// One path to a disk through a SCSI controller.
fn add_path(qemu: &mut Command, run: &Path, name: &str, controller: u8, target: usize, wwn: &str) {
    let disk = run.join(format!("{name}.disk"));
    let id = format!("{name}{controller}");
    qemu.arg("-drive").arg(format!(
        "file={},if=none,id={id},format=raw,file.locking=off,discard=unmap",
        disk.display()
    ));
    let port = u64::from(controller) + 1;
    qemu.arg("-device").arg(format!(
        "scsi-hd,bus=scsi{controller}.0,scsi-id={target},lun=0,drive={id},share-rw=on,\
         serial=lab{name},wwn={wwn},port_wwn=0x500a00000000000{port},port_index={port},vendor=LAB"
    ));
}

/// The accelerator that boots the kernel: KVM if it works here, else software emulation. A machine
/// that is virtual itself may have a /dev/kvm that opens and then hangs, so the first run tries.
fn accelerator(image: &Image) -> Result<&'static str, Error> {
    const ALL: [&str; 2] = ["kvm", "tcg,thread=multi"];
    let stamp = image.path("accelerator");
    let known = fs::read_to_string(&stamp).unwrap_or_default();
    if let Some(known) = ALL.into_iter().find(|name| *name == known) {
        return Ok(known);
    }
    let [kvm, emulation] = ALL;
    let accelerator = if boots_with_kvm(image)? { kvm } else { emulation };
    fs::write(&stamp, accelerator).map_err(Error::file(stamp))?;
    Ok(accelerator)
}

fn boots_with_kvm(image: &Image) -> Result<bool, Error> {
    if fs::OpenOptions::new().read(true).write(true).open("/dev/kvm").is_err() {
        return Ok(false);
    }
    let console = image.path("kvm-console");
    let mut qemu = qemu(image, "kvm");
    qemu.args(["-m", "512", "-append", "console=ttyS0 panic=-1", "-serial"]);
    qemu.arg(format!("file:{}", console.display()));
    qemu.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let child = qemu.spawn().map_err(Error::program("setpriv"))?;
    let mut machine = Machine { child, console };
    let end = Instant::now() + Duration::from_secs(20);
    while Instant::now() < end && machine.wait(Duration::from_millis(200))?.is_none() {}
    let console = fs::read(&machine.console).unwrap_or_default();
    Ok(String::from_utf8_lossy(&console).contains("Linux version"))
}
