//! What this thread has asked of the allocator and of the operating system.
//!
//! The test binary has an allocator of its own that counts and hands on to the
//! system's, and stands in the place of the C library where sockets are read
//! from, written to and waited for. A count is the thread's own: tests
//! that run side by side do not disturb each other.

#![expect(
    unsafe_code,
    reason = "an allocator and functions of the C library are unsafe by contract; all is handed on unchanged"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    static READS: Cell<u64> = const { Cell::new(0) };
    static WRITES: Cell<u64> = const { Cell::new(0) };
    static WAITS: Cell<u64> = const { Cell::new(0) };
}

/// Times that this thread has asked for memory, or for more of it.
#[expect(
    clippy::unnecessary_wraps,
    reason = "a meter of a shard may have no reading"
)]
pub(crate) fn allocations() -> Option<u64> {
    Some(ALLOCATIONS.get())
}

/// Reads of this thread from sockets, also in vain.
#[expect(
    clippy::unnecessary_wraps,
    reason = "a meter of a shard may have no reading"
)]
pub(crate) fn reads() -> Option<u64> {
    Some(READS.get())
}

/// Writes of this thread to sockets, also in vain.
#[expect(
    clippy::unnecessary_wraps,
    reason = "a meter of a shard may have no reading"
)]
pub(crate) fn writes() -> Option<u64> {
    Some(WRITES.get())
}

/// Times that this thread has asked which sockets are ready, and slept where
/// none was.
#[expect(
    clippy::unnecessary_wraps,
    reason = "a meter of a shard may have no reading"
)]
pub(crate) fn waits() -> Option<u64> {
    Some(WAITS.get())
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(counter: &'static std::thread::LocalKey<Cell<u64>>) {
    // A thread that ends may have put its counters away already.
    let _ = counter.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: every call goes to the system's allocator as it came; counting
// touches nothing but a thread-local number that needs no memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(&ALLOCATIONS);
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(&ALLOCATIONS);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(&ALLOCATIONS);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// In the place of the C library's functions of these names, which is where
/// the standard library reads from and writes to sockets, and the runtime
/// waits for them.
mod sockets {
    use libc::{
        SYS_epoll_pwait, SYS_recvfrom, SYS_sendto, c_int, c_void, epoll_event, size_t, ssize_t,
        syscall,
    };

    use super::{READS, WAITS, WRITES, count};

    // SAFETY: the signature is the one of recv(2), and what it does is that
    // system call: recvfrom(2) without an address.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn recv(
        socket: c_int,
        buffer: *mut c_void,
        len: size_t,
        flags: c_int,
    ) -> ssize_t {
        count(&READS);
        let nowhere = std::ptr::null_mut::<c_void>();
        // SAFETY: the caller vouches for the buffer; the rest are numbers.
        let read = unsafe { syscall(SYS_recvfrom, socket, buffer, len, flags, nowhere, nowhere) };
        read as ssize_t
    }

    // SAFETY: the same for send(2) and sendto(2).
    #[unsafe(no_mangle)]
    unsafe extern "C" fn send(
        socket: c_int,
        buffer: *const c_void,
        len: size_t,
        flags: c_int,
    ) -> ssize_t {
        count(&WRITES);
        let nowhere = std::ptr::null::<c_void>();
        // SAFETY: as above.
        let sent = unsafe { syscall(SYS_sendto, socket, buffer, len, flags, nowhere, 0) };
        sent as ssize_t
    }

    // SAFETY: the same for epoll_wait(2): epoll_pwait(2) without a mask.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn epoll_wait(
        epoll: c_int,
        events: *mut epoll_event,
        most: c_int,
        timeout_ms: c_int,
    ) -> c_int {
        count(&WAITS);
        let no_mask = std::ptr::null::<c_void>();
        // SAFETY: as above.
        let ready =
            unsafe { syscall(SYS_epoll_pwait, epoll, events, most, timeout_ms, no_mask, 0) };
        ready as c_int
    }
}
