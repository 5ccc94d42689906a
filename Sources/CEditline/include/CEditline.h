/// The part of libedit that hopsh uses, without variadic calls: Swift cannot import those.
#ifndef CEDITLINE_H
#define CEDITLINE_H

typedef struct editline editline;

/// What a key did to the line.
enum editline_key { EDITLINE_TAB, EDITLINE_UP, EDITLINE_DOWN, EDITLINE_ACCEPT };

/// Called for a key that the owner handles; it may change the line by the functions below.
typedef void (*editline_handler)(editline *editor, int key, void *owner);

/// Called when the line waits for a key with the cursor at its end; returns what is shown dimly
/// behind it, valid until the next call, or NULL.
typedef const char *(*editline_hinter)(editline *editor, void *owner);

enum editline_result { EDITLINE_LINE, EDITLINE_INTERRUPTED, EDITLINE_END };

/// Opens the terminal on descriptors 0 and 1; NULL when libedit cannot.
editline *editline_open(const char *program, editline_handler handler, void *owner);
void editline_close(editline *editor);

/// Shows hints from now on.
void editline_show_hints(editline *editor, editline_hinter hinter);

/// Adds a line to those that the search finds.
void editline_remember(editline *editor, const char *line);

/// Reads a line. `prompt` may hold colour codes, each between two bytes 1. The text stays valid
/// until the next call.
enum editline_result editline_read(editline *editor, const char *prompt, const char **text);

/// The line as UTF-8 and the cursor in bytes; valid until the line changes.
const char *editline_text(editline *editor, int *length, int *cursor);
/// Replaces the whole line; the cursor goes to its end.
void editline_replace(editline *editor, const char *text);
/// Inserts at the cursor.
void editline_insert(editline *editor, const char *text);
/// Lets the next line begin with text, as if it were typed.
void editline_type_ahead(editline *editor, const char *text);
/// Prints lines above the prompt, which is drawn again below them.
void editline_print_above(editline *editor, const char *text);

#endif
