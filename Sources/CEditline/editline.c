#define _GNU_SOURCE
#include "CEditline.h"

#include <errno.h>
#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

struct editline {
  EditLine *el;
  HistoryW *history; /* what Ctrl-R searches */
  editline_handler handler;
  editline_hinter hinter;
  void *owner;
  int hint_width;
  char *prompt;
  int interrupted;
  struct winsize size;
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

/* How many columns the prompt takes: its colour codes stand between bytes 1. */
static int prompt_width(const char *prompt) {
  int width = 0, in_code = 0;
  for (; *prompt; prompt++) {
    if (*prompt == 1) in_code = !in_code;
    else if (!in_code) width++;
  }
  return width;
}

/* The column behind the prompt and the line up to a place, were the terminal wide enough. */
static int column_at(editline *self, const wchar_t *place) {
  int column = prompt_width(self->prompt);
  for (const wchar_t *at = el_wline(self->el)->buffer; at < place; at++) {
    int width = wcwidth(*at);
    column += width > 0 ? width : 0;
  }
  return column;
}

/* Shows the hint behind the cursor, as far as its row has room: libedit does not know of it. */
static void show_hint(editline *self) {
  self->hint_width = 0;
  if (!self->hinter) return;
  const LineInfoW *line = el_wline(self->el);
  if (line->cursor != line->lastchar) return;
  if (wmemchr(line->buffer, L'\n', (size_t)(line->lastchar - line->buffer)))
    return; /* the search shows itself in the line */
  const char *hint = self->hinter(self, self->owner);
  if (!hint || self->size.ws_col == 0) return;
  int column = column_at(self, line->lastchar) % self->size.ws_col;
  if (column == 0) return; /* just wrapped: where the cursor is then differs between terminals */
  int room = self->size.ws_col - 1 - column;
  mbstate_t state;
  memset(&state, 0, sizeof state);
  const char *end = hint;
  while (*end) {
    wchar_t character;
    size_t length = mbrtowc(&character, end, strlen(end), &state);
    if (length == 0 || length > 8) break;
    int width = wcwidth(character);
    if (width < 0 || self->hint_width + width > room) break;
    self->hint_width += width;
    end += length;
  }
  if (self->hint_width == 0) return;
  write_all("\0337\033[2m", 6);
  write_all(hint, (size_t)(end - hint));
  write_all("\033[0m\0338", 6);
}

/* Blanks over the hint, as a code to clear the line would take a right prompt with it. */
static void hide_hint(editline *self) {
  if (self->hint_width == 0) return;
  write_all("\0337", 2);
  for (; self->hint_width > 0; self->hint_width--) write_all(" ", 1);
  write_all("\0338", 2);
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
  show_hint(self);
}

static int has_input(int milliseconds) {
  struct pollfd descriptor = {STDIN_FILENO, POLLIN, 0};
  return poll(&descriptor, 1, milliseconds);
}

/* Stands for an Escape that is a key and no beginning of a code: all codes begin with Escape, and
   libedit would wait for the rest. */
enum { LONE_ESCAPE = 0x80, ESCAPE_PATIENCE = 30 };

static int is_vi(EditLine *el) {
  const char *name = NULL;
  return el_get(el, EL_EDITOR, &name) == 0 && name && strcmp(name, "vi") == 0;
}

static int read_wide(EditLine *el, wchar_t *result) {
  editline *self = self_of(el);
  mbstate_t state;
  memset(&state, 0, sizeof state);
  if (has_input(0) == 0) show_hint(self);
  for (;;) {
    int ready = has_input(100);
    if (ready < 0 && errno != EINTR) return -1;
    if (ready <= 0) {
      follow_resize(self);
      continue;
    }
    hide_hint(self);
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
    if (*result == 033 && is_vi(el) && has_input(ESCAPE_PATIENCE) == 0) *result = LONE_ESCAPE;
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

/* Keys that go right take the hint where there is nothing to go past. */
static unsigned char go_right(EditLine *el, int count) {
  const LineInfoW *line = el_wline(el);
  if (line->cursor == line->lastchar) return on_key(el, EDITLINE_ACCEPT);
  el_cursor(el, count);
  return CC_CURSOR;
}

static unsigned char on_right(EditLine *el, int c) {
  (void)c;
  return go_right(el, 1);
}

static unsigned char on_line_end(EditLine *el, int c) {
  (void)c;
  const LineInfoW *line = el_wline(el);
  return go_right(el, (int)(line->lastchar - line->cursor));
}

/* libedit draws a line anew from where the terminal's cursor is: that is put to its beginning. */
static void move_to_line_start(editline *self) {
  int rows = self->size.ws_col ? column_at(self, el_wline(self->el)->cursor) / self->size.ws_col : 0;
  char code[32];
  int length = rows > 0 ? snprintf(code, sizeof code, "\r\033[%dA", rows) : snprintf(code, sizeof code, "\r");
  write_all(code, (size_t)length);
}

static unsigned char on_interrupt(EditLine *el, int c) {
  (void)c;
  editline *self = self_of(el);
  const LineInfoW *line = el_wline(el);
  if (line->cursor != line->lastchar) {
    move_to_line_start(self);
    el_cursor(el, (int)(line->lastchar - line->cursor));
    el_set(el, EL_REFRESH);
  }
  self->interrupted = 1;
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
  if (is_vi(el)) return;
  static const char *const rights[] = {"^F", "\033[C", "\033OC"};
  static const char *const ends[] = {"^E", "\033[F", "\033OF", "\033[4~"};
  for (size_t i = 0; i < sizeof rights / sizeof *rights; i++)
    el_set(el, EL_BIND, rights[i], "hopsh-right", NULL);
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    el_set(el, EL_BIND, ends[i], "hopsh-line-end", NULL);
}

static void configure(editline *self) {
  EditLine *el = self->el;
  el_set(el, EL_CLIENTDATA, self);
  el_set(el, EL_EDITOR, "emacs");
  el_set(el, EL_SIGNAL, 0);
  el_set(el, EL_PROMPT_ESC, prompt_of, 1);
  el_set(el, EL_GETCFN, read_wide);
  HistEventW event;
  history_w(self->history, &event, H_SETSIZE, 10000); /* else it keeps nothing */
  el_wset(el, EL_HIST, history_w, self->history);
  el_wset(el, EL_ADDFN, L"hopsh-complete", L"Complete the word", on_tab);
  el_wset(el, EL_ADDFN, L"hopsh-up", L"Earlier line with this beginning", on_up);
  el_wset(el, EL_ADDFN, L"hopsh-down", L"Later line with this beginning", on_down);
  el_wset(el, EL_ADDFN, L"hopsh-interrupt", L"Give up the line", on_interrupt);
  el_wset(el, EL_ADDFN, L"hopsh-end", L"Leave, or delete a character", on_end);
  el_wset(el, EL_ADDFN, L"hopsh-right", L"Go right, or take the hint", on_right);
  el_wset(el, EL_ADDFN, L"hopsh-line-end", L"Go to the end, or take the hint", on_line_end);
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
  if (is_vi(el)) el_set(el, EL_BIND, "\\200", "vi-command-mode", NULL);
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
  self->history = history_winit();
  if (!self->el || !self->history) {
    editline_close(self);
    return NULL;
  }
  configure(self);
  return self;
}

void editline_show_hints(editline *self, editline_hinter hinter) { self->hinter = hinter; }

void editline_close(editline *self) {
  if (self->el) el_end(self->el);
  if (self->history) history_wend(self->history);
  free(self->prompt);
  free(self);
}

void editline_remember(editline *self, const char *line) {
  size_t size = strlen(line) + 1;
  wchar_t *wide = malloc(size * sizeof *wide);
  if (wide && mbstowcs(wide, line, size) != (size_t)-1) {
    HistEventW event;
    history_w(self->history, &event, H_ENTER, wide);
  }
  free(wide);
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

void editline_type_ahead(editline *self, const char *text) { el_push(self->el, text); }

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
