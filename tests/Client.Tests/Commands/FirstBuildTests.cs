using System.Text.RegularExpressions;

namespace AdaptCluster.Client.Tests.Commands;

/// <summary>The script <c>./sweep</c> in a tree of its own, whose build is a script that ends when it is told to.</summary>
public sealed partial class FirstBuildTests : IDisposable
{
    private readonly TemporaryHome _home = new();

    public FirstBuildTests()
    {
        foreach (var folder in (string[])["src/Local", "schema", "build", "bin"])
            Directory.CreateDirectory(Path.Combine(_home.Folder, folder));
        foreach (var file in (string[])["a.props", "a.targets", "global.json", "src/Local/Local.csproj"]) _home.Write(file, "");
        File.Copy(Repository.At("sweep"), Path.Combine(_home.Folder, "sweep"));
        Program("bin/dotnet", """
            until [ -f go ]; do sleep 0.1; done
            [ ! -f broken ] || { echo "error CS0000: broken"; exit 1; }
            mkdir -p artifacts/bin/Local/release
            printf '#!/bin/sh\necho ran "$@"\n' > artifacts/bin/Local/release/sweep
            chmod +x artifacts/bin/Local/release/sweep
            """);
        _home.Environment["PATH"] = $"{Path.Combine(_home.Folder, "bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        _home.Environment["TERM"] = "xterm";
    }

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Without_a_terminal_one_line_says_at_once_that_it_builds_and_later_runs_say_nothing()
    {
        using var first = SweepProcess.Start(_home, Path.Combine(_home.Folder, "sweep"), ["list"]);
        await first.WaitForErrorAsync("building");
        _home.Write("go", "");

        var built = await first.EndAsync();
        Assert.Equal((0, "ran list", "sweep: first use: building, which takes a minute or more; artifacts/sweep.log shows the progress."),
            (built.Code, built.Output, built.Error));
        Assert.Equal((0, "ran list", ""), await RunAsync());

        File.SetLastWriteTimeUtc(Path.Combine(_home.Folder, "src/Local/Local.csproj"), DateTime.UnixEpoch.AddYears(100));
        Assert.Equal((0, "ran list", "sweep: a source file has changed: building; artifacts/sweep.log shows the progress."),
            await RunAsync());
    }

    [Fact]
    public async Task On_a_terminal_the_seconds_go_on_counting_and_the_line_is_gone_when_the_program_runs()
    {
        using var first = SweepProcess.Start(_home, "script", ["-qec", "./sweep list", "/dev/null"]);
        await first.WaitForOutputAsync("sweep: first use: building, which takes a minute or more ... 0 s");
        while (!Counted().IsMatch(first.Output)) await Task.Delay(50, TestContext.Current.CancellationToken);
        _home.Write("go", "");

        var built = await first.EndAsync();
        Assert.Equal(0, built.Code);
        Assert.Equal("\u001b[Kran list", built.Output.Split('\n')[^1].Trim('\r'));
    }

    [Fact]
    public async Task A_build_that_fails_shows_its_log()
    {
        _home.Write("broken", "");
        _home.Write("go", "");

        var (code, output, error) = await RunAsync();

        Assert.Equal((1, ""), (code, output));
        Assert.EndsWith("error CS0000: broken\nsweep: the build failed.", error, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"building, which takes a minute or more \.\.\. [1-9]\d* s")]
    private static partial Regex Counted();

    private async Task<(int Code, string Output, string Error)> RunAsync()
    {
        using var run = SweepProcess.Start(_home, Path.Combine(_home.Folder, "sweep"), ["list"]);
        var ended = await run.EndAsync();
        return (ended.Code, ended.Output, ended.Error);
    }

    private void Program(string name, string script)
    {
        var file = Path.Combine(_home.Folder, _home.Write(name, $"#!/bin/bash\n{script}"));
        const UnixFileMode program = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, program);
    }
}
