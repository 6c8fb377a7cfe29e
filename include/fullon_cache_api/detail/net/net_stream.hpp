// A connection that is plain or TLS: one type, so that HTTP and WebSocket are compiled once for both. Included by impl
// files only.
#pragma once

#include <fullon_cache_api/detail/net/tls_session.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace fullon_cache_api::detail {

/// An asynchronous stream in the sense of Asio and Beast. Not to be moved while an operation is under way. Plain traffic
/// goes to the socket with its own types; TLS pays for erased ones.
class net_stream {
public:
    using tcp = boost::asio::ip::tcp;
    using executor_type = tcp::socket::executor_type;

    /// `tls`: what to speak it with, after async_handshake(); null = plain.
    net_stream(tcp::socket socket, std::shared_ptr<tls_context> tls = nullptr) : socket_(std::move(socket))
    {
        if (tls)
            tls_ = std::make_shared<tls_session>(std::move(socket_), std::move(tls));
    }

    executor_type get_executor() noexcept { return socket_.get_executor(); }
    tcp::socket& socket() noexcept { return tls_ ? tls_->socket() : socket_; }
    bool secure() const noexcept { return tls_ != nullptr; }

    /// Why the handshake failed.
    std::string problem(const boost::system::error_code& ec) const { return tls_->problem(ec); }

    /// Whether it failed because the other side began with an HTTP request in the clear.
    bool speaks_http(const boost::system::error_code& ec) const { return tls_->speaks_http(ec); }

    /// Goes on in the clear, after a handshake that failed.
    void drop_tls()
    {
        socket_ = std::move(tls_->socket());
        tls_.reset();
    }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& into, Token&& token)
    {
        return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            reading{{this}}, token, into);
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& from, Token&& token)
    {
        return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            writing{{this}}, token, from);
    }

    /// Only where secure().
    template <class Token>
    auto async_handshake(bool as_server, Token&& token)
    {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(handshaking{{this}}, token,
                                                                                   as_server);
    }

    /// Only where secure(): see tls_session::shut_down().
    template <class Token>
    auto async_shut_down(Token&& token)
    {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(ending{{this}}, token);
    }

private:
    struct initiation {
        net_stream* stream;
        using executor_type = net_stream::executor_type;
        executor_type get_executor() const noexcept { return stream->get_executor(); }
    };

    struct reading : initiation {
        template <class Handler, class Buffers>
        void operator()(Handler&& handler, const Buffers& into) const
        {
            if (this->stream->tls_)
                this->stream->tls_->read_some(first_of(into), std::forward<Handler>(handler));
            else
                this->stream->socket_.async_read_some(into, std::forward<Handler>(handler));
        }
    };

    struct writing : initiation {
        template <class Handler, class Buffers>
        void operator()(Handler&& handler, const Buffers& from) const
        {
            if (auto* const tls = this->stream->tls_.get())
                tls->write_some(tls->gather(from), std::forward<Handler>(handler));
            else
                this->stream->socket_.async_write_some(from, std::forward<Handler>(handler));
        }
    };

    struct handshaking : initiation {
        template <class Handler>
        void operator()(Handler&& handler, bool as_server) const
        {
            this->stream->tls_->handshake(as_server, std::forward<Handler>(handler));
        }
    };

    struct ending : initiation {
        template <class Handler>
        void operator()(Handler&& handler) const
        {
            this->stream->tls_->shut_down(std::forward<Handler>(handler));
        }
    };

    template <class Buffers>
    static boost::asio::mutable_buffer first_of(const Buffers& buffers)
    {
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (auto one = boost::asio::buffer_sequence_begin(buffers); one != end; ++one)
            if (boost::asio::mutable_buffer(*one).size() > 0)
                return *one;
        return {};
    }

    tcp::socket socket_; // without a connection while there is TLS, which has it then
    std::shared_ptr<tls_session> tls_;
};

} // namespace fullon_cache_api::detail
