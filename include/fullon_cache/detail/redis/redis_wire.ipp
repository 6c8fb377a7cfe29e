// Bodies of redis_wire.hpp.
#pragma once

#include <fullon_cache/detail/redis/redis_wire.hpp>
#include <fullon_log/failure_text.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <exception>
#include <string_view>

namespace fullon_cache::detail {

namespace asio = boost::asio;

namespace {

constexpr std::size_t input_size = 64 * 1024;
constexpr std::size_t kept_output = 256 * 1024; // a buffer that was larger once is given back

} // namespace

redis_wire::tls_stream& redis_wire::secure(std::shared_ptr<asio::ssl::context> with)
{
    context_ = std::move(with);
    return tls_.emplace(socket_, *context_);
}

void redis_wire::greet(std::shared_ptr<exchange> request, const pipeline& commands)
{
    if (over_)
        return;
    for (const auto& one : commands.commands())
        write_resp(writing_, one);
    request->missing = commands.size();
    router_.sent(std::move(request));
    ++asked_;
    input_.resize(input_size);
    write();
    read();
}

void redis_wire::release()
{
    released_ = true;
    flush();
}

void redis_wire::ask(std::shared_ptr<exchange> request, const pipeline& commands)
{
    const auto before = output_.size();
    for (const auto& one : commands.commands())
        write_resp(output_, one);
    request->size = output_.size() - before;
    queued_.push_back(std::move(request));
    if (!released_ || writes_ || flush_posted_)
        return;
    flush_posted_ = true;
    asio::post(executor_, [self = shared_from_this()] {
        self->flush_posted_ = false;
        self->flush();
    });
}

bool redis_wire::withdraw(const std::shared_ptr<exchange>& request)
{
    std::size_t begin = 0;
    for (auto at = queued_.begin(); at != queued_.end(); begin += (*at)->size, ++at)
        if (*at == request) {
            output_.erase(begin, request->size);
            queued_.erase(at);
            return true;
        }
    return false;
}

void redis_wire::flush()
{
    if (over_ || !released_ || writes_ || output_.empty())
        return;
    try {
        std::swap(output_, writing_);
        for (; !queued_.empty(); queued_.pop_front()) {
            queued_.front()->handed_over = true;
            router_.sent(queued_.front());
            ++asked_;
        }
        write();
    } catch (const std::exception& failure) { // no memory
        end({outage::redis_down, fullon_log::failure_text(failure)});
    }
}

void redis_wire::write()
{
    writes_ = true;
    auto written = [self = shared_from_this()](boost::system::error_code ec, std::size_t) {
        self->writes_ = false;
        self->writing_.clear();
        if (self->writing_.capacity() > kept_output)
            self->writing_.shrink_to_fit();
        if (ec)
            self->fail(ec);
        else
            self->flush();
    };
    if (tls_)
        asio::async_write(*tls_, asio::buffer(writing_), std::move(written));
    else
        asio::async_write(socket_, asio::buffer(writing_), std::move(written));
}

void redis_wire::read()
{
    auto have = [self = shared_from_this()](boost::system::error_code ec, std::size_t size) {
        if (ec)
            return self->fail(ec);
        if (self->over_)
            return;
        self->last_heard_ = clock::now();
        try {
            if (self->router_.read(std::string_view(self->input_.data(), size), *self))
                self->read();
            else
                self->end({outage::redis_down, self->router_.error()});
        } catch (const std::exception& failure) { // no memory, above all
            self->end({outage::redis_down, fullon_log::failure_text(failure)});
        }
    };
    if (tls_)
        tls_->async_read_some(asio::buffer(input_), std::move(have));
    else
        socket_.async_read_some(asio::buffer(input_), std::move(have));
}

bool redis_wire::nothing_unread() const
{
    boost::system::error_code failure;
    return !over_ && socket_.available(failure) == 0 && !failure;
}

void redis_wire::on_push(const reply& push)
{
    if (pushed_)
        pushed_(push);
}

void redis_wire::on_answered(const std::shared_ptr<sent_request>& request)
{
    ++answered_;
    answers.notify_all();
    auto& its = static_cast<exchange&>(*request);
    if (its.done)
        its.done(&its.replies.front());
    else
        its.timer.cancel();
}

// Later: this may be the end of the io_context, or of who asked.
void redis_wire::tell_ended(answer_handler done) noexcept
{
    try {
        asio::post(executor_, [done = std::move(done)] { done(nullptr); });
    } catch (const std::exception&) { // no memory: whoever asked finds the session over by other means
    }
}

void redis_wire::fail(boost::system::error_code ec)
{
    end({outage::redis_down,
         ec == asio::error::eof ? std::string("Redis closed the connection") : ec.message()});
}

void redis_wire::end(ending how) noexcept
{
    if (std::exchange(over_, true))
        return;
    how_ = std::move(how);
    router_.stop();
    boost::system::error_code ignored;
    socket_.close(ignored);
    const auto fails = [this](sent_request& one) {
        auto& its = static_cast<exchange&>(one);
        its.failed = true;
        its.timer.cancel();
        if (its.done)
            tell_ended(std::move(its.done));
    };
    for (const auto& one : router_.take_waiting())
        fails(*one);
    for (const auto& one : std::exchange(queued_, {}))
        fails(*one);
    output_.clear();
    changed.notify_all();
    answers.notify_all();
}

} // namespace fullon_cache::detail
