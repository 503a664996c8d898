using System.Diagnostics;
using System.Text.Json.Nodes;
using AdaptCluster.Client.Commands;
using AdaptCluster.Local;

namespace AdaptCluster.Client.Tests.Commands;

/// <summary><c>sweep datasets check</c> on folders and specs of one's own, in this process.</summary>
public sealed class DatasetCheckTests : IDisposable
{
    private readonly TemporaryHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_folder_is_checked_with_its_counts_and_what_is_not_read()
    {
        var images = Path.Combine(MiniatureTrees.Make(_home.Folder, "dtd"), "images");
        File.WriteAllText(Path.Combine(images, "banded", "x.heic"), "text");
        var (code, output, _) = await CheckAsync(images);
        Assert.Equal(0, code);
        Assert.StartsWith("images          usable: 3 classes with 24 training, 9 validation and 12 test images\n", output,
            StringComparison.Ordinal);
        Assert.Contains($"note: 1 file is not read: 1 .heic, such as '{Path.Combine(images, "banded", "x.heic")}'", output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_bad_image_of_a_folder_is_named_and_the_command_fails()
    {
        var images = Path.Combine(MiniatureTrees.Make(_home.Folder, "dtd"), "images");
        string[] bad = [Path.Combine(images, "banded", "001.jpg"), Path.Combine(images, "braided", "015.jpg")];
        foreach (var image in bad) File.WriteAllBytes(image, File.ReadAllBytes(image)[..^40]);
        var (code, output, _) = await CheckAsync(images);
        Assert.Equal(1, code);
        Assert.All(bad, image => Assert.Contains($"problem: {image} is damaged or truncated", output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_spec_is_checked_with_each_of_its_data_sets()
    {
        MiniatureTrees.Make(_home.Folder, "dtd");
        var spec = Path.Combine(_home.Folder, _home.Write("sweep.json", """
            {"backbone": "tiny-clip", "shots": 2, "seeds": [1], "arms": [{"method": "zero-shot"}],
             "datasets": ["tiny-kinds", "dtd", {"name": "mine", "format": "folder", "path": "dtd/images"},
                 {"name": "gone", "format": "csv", "path": "gone.csv"}]}
            """));
        var (code, output, error) = await CheckAsync(spec, "--json");
        Assert.Equal((1, ""), (code, error));
        var reports = JsonNode.Parse(output)!.AsArray();
        Assert.Equal(["tiny-kinds", "dtd", "mine", "gone"], reports.Select(report => (string)report!["name"]!));
        Assert.Equal([true, false, true, false], reports.Select(report => (bool)report!["complete"]!));
        Assert.Equal(24, (int)reports[2]!["found"]!["train"]!);
        Assert.Contains("has no such file", (string)reports[3]!["problems"]![0]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_spec_may_come_through_a_named_pipe()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such pipes.");
        var pipe = Path.Combine(_home.Folder, "pipe");
        using (var made = Process.Start("mkfifo", [pipe])) await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        // More than a pipe holds, so that it is read in several pieces.
        var spec = """{"backbone": "tiny-clip", "datasets": ["tiny-kinds"], "arms": [{"method": "zero-shot"}]}"""
            + new string(' ', 200_000);
        var file = Path.Combine(_home.Folder, _home.Write("sweep.json", spec));
        using var writing = Process.Start("sh", ["-c", $"exec cat '{file}' > '{pipe}'"]);
        var (code, output, error) = await CheckAsync(pipe);
        await writing.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith("tiny-kinds      usable: 8 classes with 128 training", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_wait_for_a_writer_of_a_named_pipe_can_be_cancelled()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such pipes.");
        var pipe = Path.Combine(_home.Folder, "pipe");
        using (var made = Process.Start("mkfifo", [pipe])) await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        using var source = new CancellationTokenSource();
        var reading = CommonOptions.ReadSpecAsync(pipe, [], source.Token);
        Assert.False(reading.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        // A writer, so that no thread stays behind that waits for one.
        await using var writer = new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite);
    }

    [Fact]
    public async Task A_pipe_without_end_is_refused_by_what_a_spec_may_have()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such pipes.");
        var pipe = Path.Combine(_home.Folder, "pipe");
        using (var made = Process.Start("mkfifo", [pipe])) await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        using var endless = Process.Start("sh", ["-c", $"exec cat /dev/zero > '{pipe}' 2>/dev/null"]);
        var (code, _, error) = await CheckAsync(pipe);
        // Nobody reads any more, which ends it.
        await endless.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, code);
        Assert.Contains($"{pipe}: the input has more than 1048576 bytes, ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_few_classes_without_the_split_file_are_not_called_complete()
    {
        var place = MiniatureTrees.Make(_home.Folder, "dtd");
        File.Delete(Path.Combine(place, "split_zhou_DescribableTextures.json"));
        var (code, output, _) = await CheckAsync("dtd");
        Assert.Equal(1, code);
        Assert.StartsWith("dtd             not complete: 3 classes", output, StringComparison.Ordinal);
        Assert.DoesNotContain("split e3b0c44298fc", output, StringComparison.Ordinal);
        Assert.Contains("problem: found 3 classes with", output, StringComparison.Ordinal);
        Assert.Contains("the published data set has 47 classes", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_nothing_is_answered_with_all_that_it_could_be()
    {
        var (code, _, error) = await CheckAsync("mnist");
        Assert.Equal(2, code);
        Assert.Contains("or the path of a spec or of a folder", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_nothing_keeps_no_other_data_set_from_being_checked()
    {
        var images = Path.Combine(MiniatureTrees.Make(_home.Folder, "dtd"), "images");
        var empty = Directory.CreateDirectory(Path.Combine(_home.Folder, "empty")).FullName;
        var (code, output, error) = await CheckAsync("mnist", empty, images, "cifar");
        Assert.Equal(2, code);
        Assert.Contains($"problem: {empty} has 0 class folders", output, StringComparison.Ordinal);
        Assert.Contains("images          usable: 3 classes", output, StringComparison.Ordinal);
        Assert.Contains("found 'mnist'", error, StringComparison.Ordinal);
        Assert.Contains("found 'cifar'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_root_that_is_missing_is_named()
    {
        var roots = $"{_home.Folder}{Path.PathSeparator}{_home.Folder}/nope";
        Assert.Contains($"there is no folder '{_home.Folder}/nope'", (await CheckAsync("dtd", "--root", roots)).Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_root_is_told_from_a_data_set_of_it()
    {
        MiniatureTrees.Make(_home.Folder, "dtd");
        Assert.Contains($"note: {_home.Folder} is a data root; specify the folder of one data set in it",
            (await CheckAsync(_home.Folder)).Output,
            StringComparison.Ordinal);
    }

    private async Task<(int Code, string Output, string Error)> CheckAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await SweepCommand.RunAsync(
            ["datasets", "check", .. arguments.Contains("--root") ? [] : (string[])["--root", _home.Folder], .. arguments], output, error,
            new EmbeddedMode());
        return (code, output.ToString(), error.ToString());
    }
}
