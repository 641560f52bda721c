#!/bin/sh
printf 'Content-Type: text/html\r\n\r\n'
echo "<h1>$GREETING</h1>"
