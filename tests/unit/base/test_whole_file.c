/* SPDX-License-Identifier: MIT */
/* Files that appear whole or not at all: committed, abandoned, full, left over. */
#include "base/whole_file.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/strbuf.h"
#include "lib/fail_malloc.h"
#include "lib/test.h"

/* A folder that goes away with all its files. */
struct temp_folder {
    char path[40];
};

static void temp_folder_init(struct temp_folder *temp)
{
    *temp = (struct temp_folder){"/tmp/mmsim-test-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(temp->path));
}

static char *path_in(const struct temp_folder *temp, const char *name)
{
    struct strbuf path = {0};

    strbuf_addf(&path, "%s/%s", temp->path, name);
    ck_assert(!path.failed);
    return path.data;
}

/* Number of entries, hidden ones counted. */
static unsigned entries(const struct temp_folder *temp)
{
    DIR *dir = opendir(temp->path);
    unsigned count = 0;

    ck_assert_ptr_nonnull(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count - 2; /* . and .. */
}

static void temp_folder_fini(const struct temp_folder *temp)
{
    const struct dirent *entry;
    DIR *dir = opendir(temp->path);

    while ((entry = readdir(dir)))
        unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    ck_assert_int_eq(rmdir(temp->path), 0);
}

static void expect_content(const char *path, const char *text)
{
    struct file_bytes bytes;
    struct sim_error err = {0};

    ck_assert_msg(file_bytes_init(&bytes, path, &err), "%s", err.message);
    ck_assert_uint_eq(bytes.size, strlen(text));
    ck_assert_mem_eq(bytes.data, text, bytes.size);
    file_bytes_fini(&bytes);
}

START_TEST(a_committed_file_is_alone_in_its_folder)
{
    struct temp_folder temp;
    struct whole_file file;
    struct sim_error err = {0};
    char *path;

    temp_folder_init(&temp);
    path = path_in(&temp, "a");
    ck_assert(whole_file_begin(&file, path, &err));
    fputs("text\n", file.stream);
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert(whole_file_commit(&file, &err));
    ck_assert(!sim_error_is_set(&err));
    expect_content(path, "text\n");
    ck_assert_uint_eq(entries(&temp), 1);
    whole_file_abandon(&file);
    free(path);
    temp_folder_fini(&temp);
}
END_TEST

START_TEST(a_commit_replaces_and_an_abandoned_file_does_not)
{
    struct temp_folder temp;
    struct whole_file file;
    struct sim_error err = {0};
    char *path;

    temp_folder_init(&temp);
    path = path_in(&temp, "a");
    ck_assert(whole_file_write(path, "1", 1, &err));
    ck_assert(whole_file_begin(&file, path, &err));
    fputs("never seen", file.stream);
    whole_file_abandon(&file);
    whole_file_abandon(&file);
    expect_content(path, "1");
    ck_assert(whole_file_write(path, "22", 2, &err));
    expect_content(path, "22");
    ck_assert(whole_file_write(path, NULL, 0, &err));
    expect_content(path, "");
    ck_assert_uint_eq(entries(&temp), 1);
    free(path);
    temp_folder_fini(&temp);
}
END_TEST

START_TEST(a_device_is_written_to_and_stays)
{
    struct temp_folder temp;
    struct sim_error err = {0};
    struct stat info;
    char *path;

    temp_folder_init(&temp);
    path = path_in(&temp, "device");
    ck_assert_int_eq(symlink("/dev/null", path), 0);
    ck_assert_msg(whole_file_write(path, "text", 4, &err), "%s", err.message);
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert(S_ISCHR(info.st_mode));
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(symlink("/dev/full", path), 0);
    ck_assert(!whole_file_write(path, "text", 4, &err));
    ck_assert_int_eq(err.code, ERR_WRITE);
    ck_assert_uint_eq(entries(&temp), 1);
    free(path);
    temp_folder_fini(&temp);
}
END_TEST

START_TEST(the_file_behind_a_link_is_replaced_and_the_link_stays)
{
    struct temp_folder temp;
    struct sim_error err = {0};
    struct stat info;
    char *path;
    char *link;

    temp_folder_init(&temp);
    path = path_in(&temp, "a");
    link = path_in(&temp, "link");
    ck_assert_int_eq(symlink("a", link), 0);
    ck_assert(whole_file_write(path, "old", 3, &err));
    ck_assert(whole_file_write(link, "new", 3, &err));
    ck_assert_int_eq(lstat(link, &info), 0);
    ck_assert(S_ISLNK(info.st_mode));
    expect_content(path, "new");
    ck_assert_uint_eq(entries(&temp), 2);
    free(link);
    free(path);
    temp_folder_fini(&temp);
}
END_TEST

START_TEST(a_file_without_a_folder_goes_to_the_current_one)
{
    struct temp_folder temp;
    struct sim_error err = {0};
    char before[4096];

    temp_folder_init(&temp);
    ck_assert_ptr_nonnull(getcwd(before, sizeof(before)));
    ck_assert_int_eq(chdir(temp.path), 0);
    ck_assert_msg(whole_file_write("a", "1", 1, &err), "%s", err.message);
    expect_content("a", "1");
    ck_assert_int_eq(chdir(before), 0);
    temp_folder_fini(&temp);
}
END_TEST

START_TEST(where_nothing_can_be_written_is_said)
{
    struct whole_file file;
    struct sim_error err = {0};

    ck_assert(!whole_file_begin(&file, "/nonexistent/a", &err));
    ck_assert_int_eq(err.code, ERR_WRITE);
    ck_assert_str_eq(err.file, "/nonexistent/a");
    whole_file_abandon(&file);
    err = (struct sim_error){0};
    ck_assert(!whole_file_folder("/nonexistent/a", &err));
    ck_assert_int_eq(err.code, ERR_WRITE);
}
END_TEST

/* A limit on the size of files stands for a disk that is full. */
START_TEST(a_full_disk_leaves_the_old_file_and_nothing_else)
{
    const struct rlimit small = {4096, RLIM_INFINITY};
    struct temp_folder temp;
    struct rlimit before;
    struct sim_error err = {0};
    char *bytes = calloc(1, 100000);
    char *path;
    bool ok;

    ck_assert_ptr_nonnull(bytes);
    temp_folder_init(&temp);
    path = path_in(&temp, "a");
    ck_assert(whole_file_write(path, "1", 1, &err));
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    setrlimit(RLIMIT_FSIZE, &small);
    ok = whole_file_write(path, bytes, 100000, &err);
    setrlimit(RLIMIT_FSIZE, &before);
    ck_assert(!ok);
    ck_assert_int_eq(err.code, ERR_WRITE);
    ck_assert_str_eq(err.file, path);
    expect_content(path, "1");
    ck_assert_uint_eq(entries(&temp), 1);
    free(bytes);
    free(path);
    temp_folder_fini(&temp);
}
END_TEST

/* Leaves a temporary file behind, as one who is killed does; its process is no more afterwards. */
static void leave_file(const char *path)
{
    pid_t pid = fork();
    int status;

    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        struct whole_file file;
        struct sim_error err = {0};

        whole_file_begin(&file, path, &err);
        kill(getpid(), SIGKILL);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
}

START_TEST(what_the_dead_left_is_removed_and_what_the_living_write_is_not)
{
    struct temp_folder temp;
    struct whole_file file;
    struct sim_error err = {0};
    char *path;
    char *foreign;

    temp_folder_init(&temp);
    path = path_in(&temp, "a");
    foreign = path_in(&temp, ".tmp-another.host-1-a");
    leave_file(path);
    ck_assert_uint_eq(entries(&temp), 1);
    ck_assert(whole_file_begin(&file, path, &err));
    ck_assert(whole_file_write(foreign, "1", 1, &err));
    ck_assert_uint_eq(entries(&temp), 3);
    ck_assert(whole_file_folder(temp.path, &err));
    ck_assert_uint_eq(entries(&temp), 2);
    ck_assert(whole_file_commit(&file, &err));
    free(path);
    free(foreign);
    temp_folder_fini(&temp);
}
END_TEST

START_TEST(the_folder_is_made_when_it_is_not_there)
{
    struct temp_folder temp;
    struct sim_error err = {0};
    struct stat info;
    char *path;

    temp_folder_init(&temp);
    path = path_in(&temp, "results");
    ck_assert(whole_file_folder(path, &err));
    ck_assert(whole_file_folder(path, &err));
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert(S_ISDIR(info.st_mode));
    ck_assert_int_eq(rmdir(path), 0);
    free(path);
    temp_folder_fini(&temp);
}
END_TEST

START_TEST(each_allocation_may_be_the_one_that_fails)
{
    struct temp_folder temp;
    char *path;

    temp_folder_init(&temp);
    path = path_in(&temp, "a");
    for (unsigned n = 0;; n++) {
        struct sim_error err = {0};
        bool ok, failed;

        fail_malloc_at(n);
        ok = whole_file_write(path, "1", 1, &err);
        failed = fail_malloc_off();
        ck_assert(ok == !failed);
        ck_assert(ok || err.code == ERR_OUT_OF_MEMORY);
        if (!failed)
            break;
        ck_assert_uint_eq(entries(&temp), 0);
    }
    free(path);
    temp_folder_fini(&temp);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("whole_file");

    TEST_CASE(suite, "files", a_committed_file_is_alone_in_its_folder,
              a_commit_replaces_and_an_abandoned_file_does_not,
              a_file_without_a_folder_goes_to_the_current_one, where_nothing_can_be_written_is_said,
              a_full_disk_leaves_the_old_file_and_nothing_else,
              each_allocation_may_be_the_one_that_fails);
    TEST_CASE(suite, "what is there", a_device_is_written_to_and_stays,
              the_file_behind_a_link_is_replaced_and_the_link_stays);
    TEST_CASE(suite, "folders", what_the_dead_left_is_removed_and_what_the_living_write_is_not,
              the_folder_is_made_when_it_is_not_there);
    return test_run(suite);
}
