namespace AdaptCluster.Client.Tests.Commands;

/// <summary>What is wrong outside of the program is named, and never called a fault of the program.</summary>
public sealed class OutsideTests : IDisposable
{
    private readonly TemporaryHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_closed_standard_output_is_called_so_and_a_reader_that_leaves_is_no_error()
    {
        var spec = _home.Write("small.json", TemporaryHome.SmallSpec);
        _home.Write("run.sh", $$"""
            '{{SweepProcess.Program}}' list --json >&- ; echo "closed $?"
            set -o pipefail
            '{{SweepProcess.Program}}' plan '{{spec}}' | head -1 > first ; echo "left $?"
            """);
        using var bash = SweepProcess.Start(_home, "bash", ["run.sh"]);
        var ended = await bash.EndAsync();
        Assert.Equal("closed 1\nleft 0", ended.Output.ReplaceLineEndings("\n"));
        Assert.Contains("sweep: cannot write to standard output", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("a bug in this program", ended.Error, StringComparison.Ordinal);
        Assert.StartsWith("small:", await File.ReadAllTextAsync(Path.Combine(_home.Folder, "first"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_spec_is_read_from_what_a_shell_hands_over()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such shell.");
        var spec = _home.Write("small.json", TemporaryHome.SmallSpec);
        _home.Write("run.sh", $$"""
            '{{SweepProcess.Program}}' plan <(cat '{{spec}}') > substituted
            cat '{{spec}}' | '{{SweepProcess.Program}}' plan /dev/stdin > piped
            head -qn 1 substituted piped
            """);
        using var bash = SweepProcess.Start(_home, "bash", ["run.sh"]);
        var ended = await bash.EndAsync();
        Assert.Equal(("sweep: 4 rows × 2 data sets\nsweep: 4 rows × 2 data sets", ""),
            (ended.Output.ReplaceLineEndings("\n").Trim(), ended.Error));
    }

    [Fact]
    public async Task A_home_that_is_not_there_or_a_file_is_named()
    {
        var typo = _home.Environment["ADAPTCLUSTER_HOME"] = Path.Combine(_home.Folder, "typo");
        var gone = await SweepProcess.RunAsync(_home, "list");
        Assert.Equal((0, $"there are no sweeps yet: the home {typo} does not exist; 'sweep submit FILE' creates it, and ADAPTCLUSTER_HOME "
            + $"selects another folder."), (gone.Code, gone.Error));
        await File.WriteAllTextAsync(typo, "text", TestContext.Current.CancellationToken);
        var file = await SweepProcess.RunAsync(_home, "status", "latest");
        Assert.Equal((2, $"sweep: {typo}: is a file, but the home must be a folder; set ADAPTCLUSTER_HOME to a folder."),
            (file.Code, file.Error));
    }

    [Theory]
    [InlineData("list")]
    [InlineData("plan", "small.json")]
    public async Task A_damaged_store_is_named(params string[] arguments)
    {
        _home.Write("small.json", TemporaryHome.SmallSpec);
        var home = _home.Environment["ADAPTCLUSTER_HOME"] = Directory.CreateDirectory(Path.Combine(_home.Folder, "home")).FullName;
        var store = Path.Combine(home, "store.db");
        await File.WriteAllTextAsync(store, new string('x', 8192), TestContext.Current.CancellationToken);
        var ended = await SweepProcess.RunAsync(_home, arguments);
        Assert.Equal(1, ended.Code);
        Assert.StartsWith($"sweep: the store {store} is damaged; restore it from a backup, or move it away to start with an empty "
            + "store", ended.Error,
            StringComparison.Ordinal);
    }
}
