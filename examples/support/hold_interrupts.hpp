// Ctrl-C goes to every process of a terminal; programs that this one starts shall leave it to this one.
#pragma once

#include <csignal>

namespace examples {

/// While it lives SIGINT waits. Programs started meanwhile inherit that and never get it: whoever started them
/// ends them, in order.
class hold_interrupts {
public:
    hold_interrupts()
    {
        sigset_t held;
        sigemptyset(&held);
        sigaddset(&held, SIGINT);
        pthread_sigmask(SIG_BLOCK, &held, &before_);
    }
    hold_interrupts(const hold_interrupts&) = delete;
    hold_interrupts& operator=(const hold_interrupts&) = delete;
    ~hold_interrupts() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_;
};

} // namespace examples
