/* SPDX-License-Identifier: Apache-2.0 */
/* What one thread of libyaml needs just to emit the events of a file: the unit of the
 * bench table. */
#include <stdio.h>
#include <yaml.h>

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		yaml_parser_t parser;
		yaml_event_t event = {0};
		FILE *in = fopen(argv[i], "rb");
		if (!in || !yaml_parser_initialize(&parser))
			return 1;
		yaml_parser_set_input_file(&parser, in);
		do {
			yaml_event_delete(&event);
			if (!yaml_parser_parse(&parser, &event))
				return 1;
		} while (event.type != YAML_STREAM_END_EVENT);
		yaml_event_delete(&event);
		yaml_parser_delete(&parser);
		fclose(in);
	}
	return 0;
}
