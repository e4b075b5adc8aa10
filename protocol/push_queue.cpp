#include "protocol/push_queue.hpp"

#include <algorithm>

namespace xylem {

namespace {

/// Written runs stay in the list until so many can go at once.
constexpr std::size_t kept_runs = 64;

} // namespace

std::size_t push_queue::add(const std::shared_ptr<const push_page>& page, std::size_t first) {
  const auto& ends = page->ends;
  if (first >= ends.size())
    return first;
  auto begin = first == 0 ? std::size_t{0} : ends[first - 1];
  auto count = std::min(ends.size() - first, max_pushes_ - size_);
  auto end = first + count;
  if (ends.back() - begin > max_bytes_ - bytes_) {
    auto room = begin + max_bytes_ - bytes_;
    auto fitting = std::ranges::upper_bound(ends.begin() + static_cast<std::ptrdiff_t>(first),
                                            ends.end(), room);
    end = std::min(end, static_cast<std::size_t>(fitting - ends.begin()));
  }
  if (end == first)
    return first;
  runs_.push_back({page, first, end, begin});
  size_ += end - first;
  bytes_ += ends[end - 1] - begin;
  return end;
}

bytes_view push_queue::front() const noexcept {
  const auto& first = runs_[gone_];
  return bytes_view{first.page->encoded}.subspan(first.begin,
                                                 first.page->ends[first.push] - first.begin);
}

std::size_t push_queue::gather(std::span<bytes_view> out) const noexcept {
  auto runs = waiting().first(std::min(out.size(), waiting().size()));
  std::ranges::transform(runs, out.begin(), &run::rest);
  return runs.size();
}

void push_queue::wrote(std::size_t count) {
  bytes_ -= count;
  for (; gone_ < runs_.size() && count >= runs_[gone_].rest().size(); ++gone_) {
    count -= runs_[gone_].rest().size();
    size_ -= runs_[gone_].end - runs_[gone_].push;
    runs_[gone_].page.reset();
  }
  if (count > 0) {
    auto& first = runs_[gone_];
    for (first.begin += count; first.page->ends[first.push] <= first.begin; ++first.push)
      --size_;
  }
  if (gone_ == runs_.size() || gone_ > kept_runs) {
    runs_.erase(runs_.begin(), runs_.begin() + static_cast<std::ptrdiff_t>(gone_));
    gone_ = 0;
  }
}

} // namespace xylem
