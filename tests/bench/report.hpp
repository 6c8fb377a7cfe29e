// What benchmarks found: a table on stdout, and a file of JSON that several programs share.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace bench {

inline double median(std::vector<double> values)
{
    if (values.empty())
        return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

struct row {
    std::string name;
    std::string unit;
    double value = 0;
    std::optional<double> baseline; ///< the same of what stands beside it in this run
    double target = 0; ///< at most; of the ratio where there is a baseline, else of the value
};

class report {
public:
    explicit report(const char* title)
    {
        std::printf("%-34s %10s %10s %7s %9s\n", title, "value", "baseline", "ratio", "target");
    }
    report(const report&) = delete;
    report& operator=(const report&) = delete;

    void add(const row& one)
    {
        const double ratio = one.baseline ? one.value / *one.baseline : 0;
        const bool met = (one.baseline ? ratio : one.value) <= one.target;
        std::printf("%-34s %10.3f %10s %7s %8.2f%s  %s\n", (one.name + ", " + one.unit).c_str(), one.value,
                    one.baseline ? text(*one.baseline).c_str() : "", one.baseline ? text(ratio).c_str() : "",
                    one.target, one.baseline ? "x" : " ", met ? "met" : "MISSED");
        std::fflush(stdout);
        boost::json::object made{{"name", one.name}, {"value", one.value}, {"unit", one.unit}};
        made["baseline"] = one.baseline ? boost::json::value(*one.baseline) : boost::json::value();
        made["ratio"] = one.baseline ? boost::json::value(ratio) : boost::json::value();
        made["target"] = one.target;
        made["met"] = met;
        rows_.emplace_back(std::move(made));
    }

    /// Into the file that BENCH_RESULTS names, in place of rows with these names. Nothing where it names none.
    void save() const
    {
        const char* const file = std::getenv("BENCH_RESULTS");
        if (!file || !*file)
            return;
        boost::json::array all;
        if (std::ifstream in(file); in) {
            const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
            auto before = boost::json::parse(text);
            for (auto& old : before.as_array())
                if (std::none_of(rows_.begin(), rows_.end(),
                                 [&](const auto& one) { return one.at("name") == old.at("name"); }))
                    all.push_back(std::move(old));
        }
        all.insert(all.end(), rows_.begin(), rows_.end());
        if (const auto folder = std::filesystem::path(file).parent_path(); !folder.empty())
            std::filesystem::create_directories(folder);
        std::ofstream out(file);
        out << "[\n";
        for (std::size_t i = 0; i < all.size(); ++i)
            out << boost::json::serialize(all[i]) << (i + 1 < all.size() ? ",\n" : "\n");
        out << "]\n";
    }

private:
    static std::string text(double number)
    {
        char digits[32];
        std::snprintf(digits, sizeof digits, "%.3f", number);
        return digits;
    }

    std::vector<boost::json::value> rows_;
};

} // namespace bench
