@echo off
rem Runs the `custodian` command on Windows, with the Java of JAVA_HOME or of PATH. It is built on Linux: build/package.sh.
setlocal
set "top=%~dp0"
set "java=java.exe"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java.exe"
if /i "%~1"=="agent" goto agent
"%java%" -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -Dcustodian.home="%top%." -cp "%top%cli\target\lib\*" dev.custodian.cli.Main %*
exit /b %errorlevel%
:agent
rem The daemon: a program of its own, which loads nothing that the commands do.
for /f "tokens=1,*" %%a in ("%*") do set "rest=%%b"
"%java%" -XX:+UseSerialGC -Xms16m -Xmx128m --enable-native-access=ALL-UNNAMED -cp "%top%agent\target\lib\*" dev.custodian.agent.Main %rest%
exit /b %errorlevel%
