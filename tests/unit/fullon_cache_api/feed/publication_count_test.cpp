// How many values were published, and how many of them a subscriber is shown: by hand, and over every order in which few
// writes, publications and reads can happen.
#include <fullon_cache_api/detail/feed/publication_count.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

using fullon_cache_api::detail::publication_count;

namespace {

// What was told and counted, for one topic whose numbering has begun.
struct counted {
    publication_count of;
    std::uint64_t issued = 0;
    std::uint64_t shown = 0;
    std::uint64_t missed = 0;

    counted() { of.start(0, 0); }

    void publish(std::uint64_t value) { of.published(value, issued); }
    std::uint64_t issue() { return ++issued; }
    void answer(std::uint64_t value, std::uint64_t number)
    {
        const auto found = of.read(value, number);
        missed += found.missed;
        shown += found.tell ? 1 : 0;
    }
    void read(std::uint64_t value) { answer(value, issue()); }

    std::uint64_t sum() const { return shown + missed; }
};

} // namespace

TEST_CASE("a publication that is read is shown, and nothing is missed", "[publication_count]")
{
    counted one;
    for (std::uint64_t value = 1; value <= 5; ++value) {
        one.publish(value);
        one.read(value);
        CHECK(one.shown == value);
    }
    CHECK(one.missed == 0);
}

TEST_CASE("a read accounts for every publication up to the last that equals it", "[publication_count]")
{
    counted one;
    one.publish(1);
    one.publish(2);
    one.publish(3);
    one.read(3);
    CHECK(one.shown == 1);
    CHECK(one.missed == 2);
    one.read(3);
    CHECK(one.sum() == 3);
}

TEST_CASE("a value that is read before its publication takes one number, not two", "[publication_count]")
{
    counted one;
    const auto number = one.issue();
    one.publish(1);
    one.answer(3, number); // 2 and 3 were written meanwhile
    CHECK(one.shown == 1);
    one.publish(2);
    one.publish(3);
    one.read(3);
    CHECK(one.shown == 1);
    CHECK(one.missed == 2); // 1 and 2
}

TEST_CASE("a publication that came while the read was under way waits for the next one",
          "[publication_count]")
{
    counted one;
    one.publish(1);
    const auto number = one.issue();
    one.publish(2); // written after the read, perhaps
    one.answer(1, number);
    CHECK(one.shown == 1);
    CHECK(one.missed == 0);
    one.read(2);
    CHECK(one.shown == 2);
    CHECK(one.missed == 0);
}

TEST_CASE("what is published again as it was shown takes no number", "[publication_count]")
{
    counted one;
    one.publish(0); // as the first read found it
    one.read(0);
    CHECK(one.sum() == 0);
    one.publish(1);
    one.publish(1);
    one.read(1);
    one.publish(1);
    one.read(1);
    CHECK(one.shown == 1);
    CHECK(one.missed == 0);
}

TEST_CASE("a value that was there before, and comes back, is shown", "[publication_count]")
{
    counted one;
    one.publish(1);
    one.read(1);
    one.publish(2);
    one.publish(1);
    one.read(1); // nobody saw 2
    CHECK(one.shown == 2);
    CHECK(one.missed == 1);
}

TEST_CASE("a price that goes to and fro is counted, also to the value that a stream began with",
          "[publication_count]")
{
    counted one;
    for (int i = 0; i < 10; ++i) {
        one.publish(1);
        one.publish(0);
    }
    one.read(0);
    CHECK(one.shown == 1);
    CHECK(one.missed == 19);
}

TEST_CASE("publications that came before the first read count for nothing, those after it was issued do",
          "[publication_count]")
{
    publication_count one;
    one.published(1, 0);
    one.published(2, 0);
    one.published(4, 1); // read 1 is under way: it may or may not see these
    one.published(3, 1);
    one.published(5, 1);
    one.start(3, 1);
    const auto next = one.read(5, 2);
    CHECK(next.tell);
    CHECK(next.missed == 1);
    const auto again = one.read(5, 3);
    CHECK_FALSE(again.tell);
    CHECK(again.missed == 0);
}

TEST_CASE("a publication of another database is missed, never shown", "[publication_count]")
{
    counted one;
    one.publish(7);
    one.read(0);
    CHECK(one.shown == 0);
    CHECK(one.missed == 1);
    one.publish(1);
    one.publish(7);
    one.read(1);
    CHECK(one.shown == 1);
    CHECK(one.missed == 2);
    one.publish(7); // the same twice in turn
    one.publish(8);
    one.publish(2);
    one.read(2);
    CHECK(one.shown == 2);
    CHECK(one.missed == 3);
}

TEST_CASE("a writer that does not publish is shown what is read", "[publication_count]")
{
    counted one;
    one.read(1);
    one.read(2);
    one.read(2);
    CHECK(one.shown == 2);
    CHECK(one.missed == 0);
}

TEST_CASE("publications of what is gone when it is read are missed", "[publication_count]")
{
    counted one;
    one.publish(1);
    one.publish(2);
    const auto number = one.issue();
    one.publish(3);
    one.missed += one.of.read_nothing(number);
    CHECK(one.missed == 2);
    one.missed += one.of.read_nothing(one.issue());
    CHECK(one.missed == 3);
    one.publish(3); // it comes back as it was
    one.read(3);
    CHECK(one.shown == 1);
    CHECK(one.missed == 3);
}

TEST_CASE("more publications than are compared are counted all the same", "[publication_count]")
{
    counted one;
    constexpr std::uint64_t many = 100'000;
    for (std::uint64_t value = 1; value <= many; ++value)
        one.publish(value);
    one.read(many);
    CHECK(one.shown == 1);
    CHECK(one.missed == many - 1);

    for (std::uint64_t value = 1; value <= many; ++value) // and those of others
        one.publish(many + value);
    one.read(many);
    CHECK(one.shown == 1);
    CHECK(one.missed == 2 * many - 1);
}

TEST_CASE("values that nobody publishes do not add up", "[publication_count]")
{
    counted one;
    constexpr std::uint64_t many = 100'000;
    for (std::uint64_t value = 1; value <= many; ++value)
        one.read(value);
    CHECK(one.shown == many);
    one.publish(1); // remembered no more
    one.read(many);
    CHECK(one.missed == 1);
}

// --- Every order

namespace {

using values = std::vector<std::uint64_t>;

// One topic in Redis, its writers, the channel that publications come by, and up to two reads that are under way.
struct world {
    struct under_way {
        std::uint64_t number;
        bool executed;
        std::uint64_t value;
    };

    std::vector<values> writers; // what each has still to write
    values unpublished; // what each has written and not published yet; 0: nothing
    values foreign; // what somebody publishes in another database
    std::uint64_t stored = 0;
    values channel;
    std::vector<under_way> reads;
    int reads_left = 0;
    bool hinted = false;
    counted count;
    std::uint64_t published = 0;
    std::uint64_t told = 0;
    std::string history; // of `count`, which is no more than what happened to it
    std::string path;

    void hear()
    {
        count.publish(channel.front());
        note('h', channel.front());
        channel.erase(channel.begin());
        hinted = true;
    }
    void begin()
    {
        hinted = false;
        reads.push_back({count.issue(), false, 0});
        note('b', 0);
    }
    void answer()
    {
        const auto done = reads.front();
        reads.erase(reads.begin());
        const auto shown = count.shown;
        count.answer(done.value, done.number);
        note('a', done.value);
        if (count.shown != shown)
            told = done.value;
    }
    void note(char what, std::uint64_t value)
    {
        history.push_back(what);
        history.push_back(static_cast<char>('0' + value));
    }

    std::string key() const
    {
        std::string text = history;
        const auto add = [&](const values& list) {
            text.push_back('|');
            for (const auto value : list)
                text.push_back(static_cast<char>('0' + value));
        };
        for (const auto& one : writers)
            add(one);
        add(unpublished);
        add(foreign);
        add(channel);
        text.push_back('|');
        text.push_back(static_cast<char>('0' + stored));
        for (const auto& one : reads) {
            text.push_back(one.executed ? 'x' : '-');
            text.push_back(static_cast<char>('0' + one.value));
        }
        return text;
    }
};

// Between what is counted and what was published.
struct tolerance {
    std::uint64_t more = 0;
    std::uint64_t less = 0;
};

// Takes every step that is possible, in every order: a write, its publication, its arrival, a read's beginning, its
// execution, its answer.
struct every_order {
    tolerance allowed;
    std::unordered_set<std::string> met{};
    std::uint64_t ends = 0;
    std::string fault{};

    void end(world at)
    {
        ++ends;
        if (at.hinted) {
            at.begin();
            at.reads.back().executed = true;
            at.reads.back().value = at.stored;
            at.answer();
        }
        const auto sum = at.count.sum();
        if (at.told == at.stored && sum + allowed.less >= at.published && sum <= at.published + allowed.more)
            return;
        if (fault.empty())
            fault = "told " + std::to_string(at.told) + ", shown " + std::to_string(at.count.shown) +
                    ", missed " + std::to_string(at.count.missed) + " of " + std::to_string(at.published) +
                    ":" + at.path;
    }

    template <class Change>
    void step(const world& at, const char* name, Change change)
    {
        world next = at;
        next.path.append(" ").append(name);
        change(next);
        if (met.insert(next.key()).second)
            go(next);
    }

    void go(const world& at)
    {
        bool over = true;
        const auto take = [&](const char* name, auto change) {
            over = false;
            step(at, name, change);
        };
        for (std::size_t i = 0; i < at.writers.size(); ++i)
            if (at.unpublished[i] != 0)
                take("publish",
                     [&](world& next) { next.channel.push_back(std::exchange(next.unpublished[i], 0)); });
            else if (!at.writers[i].empty())
                take("write", [&](world& next) {
                    next.stored = next.unpublished[i] = next.writers[i].front();
                    next.writers[i].erase(next.writers[i].begin());
                    ++next.published;
                });
        if (!at.foreign.empty())
            take("foreign", [](world& next) {
                next.channel.push_back(next.foreign.front());
                next.foreign.erase(next.foreign.begin());
            });
        if (!at.channel.empty())
            take("hear", [](world& next) { next.hear(); });
        for (std::size_t i = 0; i < at.reads.size(); ++i) // by one connection, in turn
            if (!at.reads[i].executed) {
                take("execute", [i](world& next) {
                    next.reads[i].executed = true;
                    next.reads[i].value = next.stored;
                });
                break;
            }
        if (!at.reads.empty() && at.reads.front().executed)
            take("answer", [](world& next) { next.answer(); });
        const bool quiet = over; // reads that nobody needs, too, but not for the end
        if (!quiet && at.reads_left != 0 && at.reads.size() < 2)
            take("begin", [](world& next) {
                --next.reads_left;
                next.begin();
            });
        if (quiet)
            end(at);
    }
};

every_order run(std::vector<values> writers, int reads, values foreign = {}, tolerance allowed = {})
{
    world first;
    first.unpublished.resize(writers.size());
    first.writers = std::move(writers);
    first.reads_left = reads;
    first.foreign = std::move(foreign);
    every_order all{.allowed = allowed};
    all.go(first);
    return all;
}

} // namespace

TEST_CASE(
    "in every order of writes, publications and reads by one writer: shown and missed are what was published",
    "[publication_count]")
{
    for (const auto& [writes, reads] : {std::pair(5, 2), std::pair(4, 3), std::pair(2, 5)}) {
        values all;
        for (int value = 1; value <= writes; ++value)
            all.push_back(static_cast<std::uint64_t>(value));
        std::vector<values> writer;
        writer.push_back(all);
        const auto found = run(writer, reads);
        INFO(found.ends << " ends, " << found.met.size() << " states");
        CHECK(found.fault == "");
        CHECK(found.ends > 100);
    }
}

TEST_CASE("the same by two writers, whose publications may come in another order than their writes",
          "[publication_count]")
{
    for (const auto& [writers, reads] : {std::pair(std::vector<values>{{1, 2, 3}, {4, 5}}, 1),
                                         std::pair(std::vector<values>{{1, 2}, {3, 4}}, 2)}) {
        const auto found = run(writers, reads);
        INFO(found.ends << " ends, " << found.met.size() << " states");
        CHECK(found.fault == "");
        CHECK(found.ends > 100);
    }
}

TEST_CASE("publications of another database are never shown, and at most missed", "[publication_count]")
{
    const auto found = run({{1, 2, 3}}, 2, {8, 9}, {.more = 2});
    INFO(found.ends << " ends, " << found.met.size() << " states");
    CHECK(found.fault == "");
}

TEST_CASE("what another database publishes may be what is written here: no publication is lost uncounted",
          "[publication_count]")
{
    const auto found = run({{1, 2, 3}}, 2, {2, 1}, {.more = 2});
    INFO(found.ends << " ends, " << found.met.size() << " states");
    CHECK(found.fault == "");
}

// Their publications are not told apart.
TEST_CASE("where values come back, the newest is told", "[publication_count]")
{
    for (const auto& written : {values{1, 2, 1, 2}, values{1, 2, 1, 3}, values{1, 2, 3, 1}}) {
        const auto found = run({written}, 3, {}, {.more = 2, .less = 2});
        INFO(found.ends << " ends, " << found.met.size() << " states");
        CHECK(found.fault == "");
    }
}
