// Equal questions that come together: one reading is for all who asked before it began. Included by impl files only.
#pragma once

#include <fullon_cache/error.hpp>
#include <fullon_coro/notifier.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace fullon_cache_api::detail {

/// Of one question, at most one reading is under way. Who asks meanwhile waits for its end; then the first of them reads for
/// all of them, so that nobody gets what was read before it asked. A reader that fails tells the others why; one that is
/// cancelled leaves its turn to the next.
class shared_reads {
public:
    explicit shared_reads(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    /// `own` reads; it is awaited unless somebody else's reading is good for this one. Who has waited for `patience` reads
    /// by itself.
    template <class Answer>
    static boost::asio::awaitable<Answer> read(std::shared_ptr<shared_reads> self, std::string question,
                                               std::chrono::milliseconds patience,
                                               boost::asio::awaitable<Answer> own)
    {
        const guest here(self, std::move(question));
        auto& readings = here.readings();
        const auto wanted = readings.begun + 1;
        const auto deadline = std::chrono::steady_clock::now() + patience;
        bool in_time = true;
        while (in_time && readings.reading && readings.ended < wanted)
            in_time = co_await readings.changed.wait_until(deadline);
        if (readings.ended >= wanted) {
            if (readings.failure)
                std::rethrow_exception(readings.failure);
            co_return *static_cast<const Answer*>(readings.answer.get());
        }
        if (readings.reading)
            co_return co_await std::move(own);
        const turn mine(readings);
        try {
            auto found = co_await std::move(own);
            if (readings.guests > 1)
                mine.end(std::make_shared<const Answer>(found), {});
            co_return found;
        } catch (const fullon_cache::cache_error&) {
            mine.end({}, std::current_exception());
            throw;
        }
    }

private:
    struct readings_of_question {
        explicit readings_of_question(const boost::asio::any_io_executor& executor) : changed(executor) {}
        std::uint64_t begun = 0;
        std::uint64_t ended = 0; // the last whose outcome stands here
        bool reading = false;
        std::size_t guests = 0;
        std::shared_ptr<const void> answer;
        std::exception_ptr failure;
        fullon_coro::notifier changed;
    };
    using question_map = std::unordered_map<std::string, readings_of_question>;

    class guest {
    public:
        guest(std::shared_ptr<shared_reads> at, std::string question)
            : at_(std::move(at)),
              which_(*at_->questions_.try_emplace(std::move(question), at_->executor_).first)
        {
            ++which_.second.guests;
        }
        guest(const guest&) = delete;
        guest& operator=(const guest&) = delete;
        ~guest()
        {
            if (--which_.second.guests == 0)
                at_->questions_.erase(at_->questions_.find(which_.first));
        }
        readings_of_question& readings() const noexcept { return which_.second; }

    private:
        std::shared_ptr<shared_reads> at_;
        question_map::value_type& which_; // which stays where it is
    };

    class turn {
    public:
        explicit turn(readings_of_question& of) : of_(of), number_(++of.begun) { of_.reading = true; }
        turn(const turn&) = delete;
        turn& operator=(const turn&) = delete;
        ~turn()
        {
            of_.reading = false;
            of_.changed.notify_all();
        }
        void end(std::shared_ptr<const void> answer, std::exception_ptr failure) const
        {
            of_.ended = number_;
            of_.answer = std::move(answer);
            of_.failure = std::move(failure);
        }

    private:
        readings_of_question& of_;
        std::uint64_t number_;
    };

    boost::asio::any_io_executor executor_;
    question_map questions_;
};

} // namespace fullon_cache_api::detail
