#define _GNU_SOURCE
#include "CEditline.h"

#include <errno.h>
#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

struct editline {
  EditLine *el;
  editline_handler handler;
  void *owner;
  char *prompt;
  int interrupted;
  int reading;
  struct winsize size;
  char *text;
};

static editline *self_of(EditLine *el) {
  editline *self = NULL;
  el_get(el, EL_CLIENTDATA, &self);
  return self;
}

static char *prompt_of(EditLine *el) { return self_of(el)->prompt; }

static void write_all(const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(STDOUT_FILENO, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes += written;
    count -= (size_t)written;
  }
}

/* Reading with a look at the window's size now and then: no signal handler is needed. */
static void follow_resize(editline *self) {
  struct winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return;
  if (size.ws_col == self->size.ws_col && size.ws_row == self->size.ws_row) return;
  self->size = size;
  write_all("\r\033[J", 4);
  el_resize(self->el);
  el_set(self->el, EL_REFRESH);
}

static int read_wide(EditLine *el, wchar_t *result) {
  editline *self = self_of(el);
  mbstate_t state;
  memset(&state, 0, sizeof state);
  for (;;) {
    struct pollfd descriptor = {STDIN_FILENO, POLLIN, 0};
    int ready = poll(&descriptor, 1, 100);
    if (ready < 0 && errno != EINTR) return -1;
    if (ready <= 0) {
      follow_resize(self);
      continue;
    }
    char byte;
    ssize_t count = read(STDIN_FILENO, &byte, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return (int)count;
    size_t length = mbrtowc(result, &byte, 1, &state);
    if (length == (size_t)-2) continue;
    if (length == (size_t)-1) {
      memset(&state, 0, sizeof state);
      continue;
    }
    return 1;
  }
}

static unsigned char on_key(EditLine *el, int key) {
  editline *self = self_of(el);
  self->handler(self, key, self->owner);
  return CC_REFRESH;
}

static unsigned char on_tab(EditLine *el, int c) { (void)c; return on_key(el, EDITLINE_TAB); }
static unsigned char on_up(EditLine *el, int c) { (void)c; return on_key(el, EDITLINE_UP); }
static unsigned char on_down(EditLine *el, int c) { (void)c; return on_key(el, EDITLINE_DOWN); }

static unsigned char on_interrupt(EditLine *el, int c) {
  (void)c;
  const LineInfoW *line = el_wline(el);
  el_cursor(el, (int)(line->lastchar - line->cursor));
  el_set(el, EL_REFRESH);
  self_of(el)->interrupted = 1;
  write_all("^C\r\n", 4);
  return CC_NEWLINE;
}

static unsigned char on_end(EditLine *el, int c) {
  (void)c;
  const LineInfoW *line = el_wline(el);
  if (line->lastchar == line->buffer) return CC_EOF;
  if (line->cursor == line->lastchar) return CC_NORM;
  el_cursor(el, 1);
  el_deletestr(el, 1);
  return CC_REFRESH;
}

/* A paste is one piece of text: its line ends become ';', its comments go, nothing runs. */
static unsigned char on_paste(EditLine *el, int c) {
  (void)c;
  static const wchar_t end[] = L"\033[201~";
  size_t capacity = 256, count = 0;
  wchar_t *text = malloc(capacity * sizeof *text);
  wchar_t next;
  while (text && el_wgetc(el, &next) == 1) {
    if (count + 4 > capacity) {
      capacity *= 2;
      wchar_t *larger = realloc(text, capacity * sizeof *text);
      if (!larger) break;
      text = larger;
    }
    text[count++] = next;
    if (count >= 6 && wmemcmp(text + count - 6, end, 6) == 0) {
      count -= 6;
      break;
    }
  }
  if (!text) return CC_ERROR;
  wchar_t *line = calloc(count * 2 + 1, sizeof *line);
  size_t used = 0;
  int at_start = 1, in_comment = 0;
  for (size_t i = 0; line && i < count; i++) {
    wchar_t ch = text[i];
    if (ch == L'\r' || ch == L'\n') {
      if (used > 0 && line[used - 1] != L' ' && i + 1 < count) {
        line[used++] = L';';
        line[used++] = L' ';
      }
      at_start = 1;
      in_comment = 0;
      continue;
    }
    if (at_start && ch == L'#') in_comment = 1;
    at_start = 0;
    if (!in_comment) line[used++] = ch == L'\t' || ch < 32 ? L' ' : ch;
  }
  if (line && used > 0) el_winsertstr(el, line);
  free(line);
  free(text);
  return CC_REFRESH;
}

static void bind_keys(EditLine *el) {
  el_set(el, EL_BIND, "^I", "hopsh-complete", NULL);
  el_set(el, EL_BIND, "^C", "hopsh-interrupt", NULL);
  el_set(el, EL_BIND, "^Z", "ed-ignore", NULL);
  el_set(el, EL_BIND, "^T", "ed-ignore", NULL);
  el_set(el, EL_BIND, "^D", "hopsh-end", NULL);
  el_set(el, EL_BIND, "\033[A", "hopsh-up", NULL);
  el_set(el, EL_BIND, "\033[B", "hopsh-down", NULL);
  el_set(el, EL_BIND, "\033OA", "hopsh-up", NULL);
  el_set(el, EL_BIND, "\033OB", "hopsh-down", NULL);
  el_set(el, EL_BIND, "^P", "hopsh-up", NULL);
  el_set(el, EL_BIND, "^N", "hopsh-down", NULL);
  el_set(el, EL_BIND, "\033[200~", "hopsh-paste", NULL);
}

static void configure(editline *self) {
  EditLine *el = self->el;
  el_set(el, EL_CLIENTDATA, self);
  el_set(el, EL_EDITOR, "emacs");
  el_set(el, EL_SIGNAL, 0);
  el_set(el, EL_PROMPT_ESC, prompt_of, 1);
  el_set(el, EL_GETCFN, read_wide);
  el_wset(el, EL_ADDFN, L"hopsh-complete", L"Complete the word", on_tab);
  el_wset(el, EL_ADDFN, L"hopsh-up", L"Earlier line with this beginning", on_up);
  el_wset(el, EL_ADDFN, L"hopsh-down", L"Later line with this beginning", on_down);
  el_wset(el, EL_ADDFN, L"hopsh-interrupt", L"Give up the line", on_interrupt);
  el_wset(el, EL_ADDFN, L"hopsh-end", L"Leave, or delete a character", on_end);
  el_wset(el, EL_ADDFN, L"hopsh-paste", L"Insert pasted text", on_paste);
  el_set(el, EL_BIND, "^R", "em-inc-search-prev", NULL);
  el_set(el, EL_BIND, "\033[1~", "ed-move-to-beg", NULL);
  el_set(el, EL_BIND, "\033[4~", "ed-move-to-end", NULL);
  el_set(el, EL_BIND, "\033[H", "ed-move-to-beg", NULL);
  el_set(el, EL_BIND, "\033[F", "ed-move-to-end", NULL);
  el_set(el, EL_BIND, "\033[3~", "ed-delete-next-char", NULL);
  el_set(el, EL_BIND, "\033[1;5C", "em-next-word", NULL);
  el_set(el, EL_BIND, "\033[1;5D", "ed-prev-word", NULL);
  el_source(el, NULL);
  bind_keys(el);
  el_set(el, EL_SETTY, "-d", "-isig", NULL);
  /* Insert and delete capabilities garble wrapped lines: let it redraw instead. */
  static const char *const garbling[] = {"ic", "im", "IC", "ei", "ip", "dc", "DC", "dm", "ed"};
  for (size_t i = 0; i < sizeof garbling / sizeof *garbling; i++)
    el_set(el, EL_SETTC, garbling[i], "", NULL);
}

editline *editline_open(const char *program, editline_handler handler, void *owner) {
  setlocale(LC_CTYPE, "");
  if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) setlocale(LC_CTYPE, "C.UTF-8");
  editline *self = calloc(1, sizeof *self);
  if (!self) return NULL;
  self->handler = handler;
  self->owner = owner;
  self->prompt = strdup("");
  ioctl(STDOUT_FILENO, TIOCGWINSZ, &self->size);
  self->el = el_init(program, stdin, stdout, stderr);
  if (!self->el) {
    free(self->prompt);
    free(self);
    return NULL;
  }
  configure(self);
  return self;
}

void editline_close(editline *self) {
  el_end(self->el);
  free(self->prompt);
  free(self->text);
  free(self);
}

static int shows_paste(void) {
  const char *term = getenv("TERM");
  return term && *term && strcmp(term, "dumb") != 0;
}

enum editline_result editline_read(editline *self, const char *prompt, const char **text) {
  free(self->prompt);
  self->prompt = strdup(prompt);
  self->interrupted = 0;
  fflush(stdout);
  if (shows_paste()) write_all("\033[?2004h", 8);
  /* Raw mode before the prompt is written, or keys typed early are echoed twice. */
  el_set(self->el, EL_PREP_TERM, 1);
  int count = 0;
  const char *line = el_gets(self->el, &count);
  el_set(self->el, EL_PREP_TERM, 0);
  if (shows_paste()) write_all("\033[?2004l", 8);
  if (self->interrupted) return EDITLINE_INTERRUPTED;
  if (!line || count <= 0) return EDITLINE_END;
  *text = line;
  return EDITLINE_LINE;
}

const char *editline_text(editline *self, int *length, int *cursor) {
  const LineInfo *line = el_line(self->el);
  *length = (int)(line->lastchar - line->buffer);
  *cursor = (int)(line->cursor - line->buffer);
  return line->buffer;
}

void editline_replace(editline *self, const char *text) {
  const LineInfoW *line = el_wline(self->el);
  el_cursor(self->el, (int)(line->lastchar - line->cursor));
  line = el_wline(self->el);
  el_deletestr(self->el, (int)(line->lastchar - line->buffer));
  if (*text) el_insertstr(self->el, text);
}

void editline_insert(editline *self, const char *text) { el_insertstr(self->el, text); }

void editline_print_above(editline *self, const char *text) {
  write_all("\r\n", 2);
  for (const char *at = text; *at;) {
    const char *end = strchrnul(at, '\n');
    write_all(at, (size_t)(end - at));
    write_all("\r\n", 2);
    at = *end ? end + 1 : end;
  }
  el_set(self->el, EL_REFRESH);
}
