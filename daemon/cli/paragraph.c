/* SPDX-License-Identifier: MIT */
/* paragraph - see paragraph.h. */
#include "cli/paragraph.h"

#include <stdbool.h>
#include <stdio.h>

#include "cli/terminal.h"

static bool begins_character(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

static bool ends_word(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\0';
}

size_t paragraph_line(const char *text, size_t columns)
{
    size_t line = 0, used = 0;
    for (size_t i = 0; i == 0 || text[i - 1] != '\0'; i++) {
        bool is_end = ends_word(text[i]) && i > 0 && !ends_word(text[i - 1]);
        if (is_end && line > 0 && used > columns)
            return line;
        if (is_end)
            line = i;
        if (text[i] == '\n')
            return line;
        used += begins_character(text[i]);
    }
    return line;
}

const char *paragraph_rest(const char *text, size_t line)
{
    text += line;
    while (*text == ' ')
        text++;
    return *text == '\n' ? text + 1 : text;
}

void paragraph_print(uint32_t indent, const char *text)
{
    uint32_t width = terminal_width(), blanks = 0;
    do {
        size_t line = paragraph_line(text, width > indent ? width - indent : 1);
        printf("%*s%.*s\n", (int)(line > 0 ? blanks : 0), "", (int)line, text);
        text = paragraph_rest(text, line);
        blanks = indent;
    } while (*text != '\0');
}
