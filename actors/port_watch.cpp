#include "actors/port_watch.hpp"

#include <fnmatch.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <filesystem>

namespace xylem {

namespace fs = std::filesystem;

namespace {

/// A node that udev makes appears first and gets its permissions afterwards: IN_ATTRIB.
constexpr std::uint32_t interesting = IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE | IN_MOVED_FROM
                                      | IN_DELETE_SELF | IN_MOVE_SELF;

/// A glob may have stars in its folders, too: the first such folder is not watched, but its parent.
fs::path folder_of(const std::string& path) {
  auto folder = fs::absolute(path).parent_path();
  std::error_code ignored;
  while (folder.has_relative_path()
         && (folder.string().find_first_of("*?[") != std::string::npos
             || !fs::is_directory(folder, ignored)))
    folder = folder.parent_path();
  return folder;
}

} // namespace

port_watch::port_watch(boost::asio::io_context& io, std::string path,
                       std::function<void()> changed)
    : notify_{io}, path_{std::move(path)}, changed_{std::move(changed)} {}

void port_watch::start() {
  auto descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor < 0)
    return;
  notify_.assign(descriptor);
  watch_folder();
  wait();
}

void port_watch::stop() {
  boost::system::error_code ignored;
  notify_.close(ignored);
}

void port_watch::watch_folder() {
  auto folder = folder_of(path_).string();
  if (watch_ >= 0 && folder == watched_)
    return;
  if (watch_ >= 0)
    inotify_rm_watch(notify_.native_handle(), watch_);
  watch_ = inotify_add_watch(notify_.native_handle(), folder.c_str(), interesting);
  watched_ = folder;
}

/// True when one of the changes may be the port's, or that of the next folder on the way to it.
bool port_watch::read_events() {
  alignas(inotify_event) std::array<char, 4096> buffer;
  auto name = fs::absolute(path_).lexically_relative(watched_).begin()->string();
  auto relevant = false;
  for (ssize_t size = 0;
       (size = ::read(notify_.native_handle(), buffer.data(), buffer.size())) > 0;) {
    for (auto at = buffer.data(); at < buffer.data() + size;) {
      auto event = reinterpret_cast<const inotify_event*>(at);
      if ((event->mask & IN_IGNORED) != 0 && event->wd == watch_)
        watch_ = -1; // the folder itself is gone, and with it the watch
      relevant = relevant || event->len == 0 || fnmatch(name.c_str(), event->name, 0) == 0;
      at += sizeof(inotify_event) + event->len;
    }
  }
  return relevant;
}

void port_watch::wait() {
  notify_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [self = shared_from_this()](boost::system::error_code error) {
                       if (error || !self->notify_.is_open())
                         return;
                       auto relevant = self->read_events();
                       self->watch_folder();
                       if (relevant)
                         self->changed_();
                       if (self->notify_.is_open())
                         self->wait();
                     });
}

} // namespace xylem
