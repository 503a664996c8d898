using System.Text.Json;
using AdaptCluster.Client.Runs;
using AdaptCluster.Client.Runs.TensorBoard;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Tests.Runs;

/// <summary>Names come from specs that may be anybody's: they lead nowhere, stay apart, and are kept as they were.</summary>
public sealed class RunNamesTests : IDisposable
{
    private static readonly string[] Wild =
    [
        "adapt · ../../etc · seed 1", "adapt · \u001b[31m\n\r\0 · seed 1", "adapt · \"it's\": |x|,=1+1 · seed 1",
        "adapt · \ud800 · seed 1", "", "..", new string('n', 5000), "adapt · пример 😀 · seed 1",
    ];

    private readonly string _root = Directory.CreateTempSubdirectory("adaptcluster-names-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("tensorboard")]
    [InlineData("mlflow")]
    [InlineData("csv")]
    public void Whatever_runs_and_parameters_are_called_all_stays_in_the_folder_and_apart(string tool)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, "a", "b", "c")).FullName;
        ExportedRun[] runs = [.. Wild.Select((name, number) => Run(name, number + 1))];
        using (IRunWriter writer = tool switch
        {
            "tensorboard" => new TensorBoardWriter(folder, runs[0].Sweep),
            "mlflow" => new MlflowWriter(folder, folder, runs[0].Sweep),
            _ => new CsvRunWriter(folder),
        })
        {
            foreach (var run in runs) writer.Write(run);
            writer.End();
        }

        var files = Directory.GetFiles(_root, "*", SearchOption.AllDirectories);
        Assert.All(files, file => Assert.StartsWith(folder + Path.DirectorySeparatorChar, file, StringComparison.Ordinal));
        Assert.All(files, file => Assert.DoesNotContain(Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar),
            name => name.Any(char.IsControl) || name.Length > 255));
        var texts = string.Concat(files.Select(File.ReadAllText));
        Assert.Contains("пример 😀", texts, StringComparison.Ordinal);
        if (tool == "tensorboard") Assert.Equal(Wild.Length, Directory.GetDirectories(folder).Length);
        if (tool == "mlflow") Assert.Equal(Wild.Length + 1, Directory.GetDirectories(Directory.GetDirectories(folder).Single()).Length);
    }

    [Fact]
    public void Names_that_MLflow_would_refuse_or_take_for_paths_become_others_and_no_two_the_same()
    {
        string[] names = ["a/b", "a\\b", "a:b", "..", ".", "", " a", "a ", "a\nb", "A/B", new('x', 251), new('x', 252), "a_b"];

        var safe = Array.ConvertAll(names, MlflowWriter.NameOf);

        Assert.Equal(names.Length, safe.Distinct(StringComparer.Ordinal).Count());
        Assert.All(safe, name => Assert.Matches("^[A-Za-z0-9_.\\- ]{1,250}$", name));
        Assert.All(safe, name => Assert.Equal(name, Path.GetFileName(Path.GetFullPath(Path.Combine("/folder", name)))));
        Assert.Equal("train.learningRate", MlflowWriter.NameOf("train.learningRate"));
    }

    private static ExportedRun Run(string name, int number) => new()
    {
        Sweep = new RunSweep(new SweepId("names-0123abcd"), name, DateTimeOffset.UnixEpoch, name),
        Job = new JobId($"{number:x16}"),
        Name = name,
        State = JobState.Completed,
        Started = DateTimeOffset.UnixEpoch,
        Ended = DateTimeOffset.UnixEpoch.AddSeconds(1),
        Parameters = [new(name, JsonSerializer.SerializeToElement(1)), new($"train.x.{name}", JsonSerializer.SerializeToElement(name))],
        Steps = [new RunStep(1, DateTimeOffset.UnixEpoch, [(RunMetrics.Loss, double.NaN)])],
        Tags = [KeyValuePair.Create("dataset", name)],
    };
}
