using System.CommandLine;
using System.Text.Json;
using AdaptCluster.Client.Commands;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Sweeps.Datasets;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Local.Commands;

/// <summary>
/// <c>sweep datasets splits</c>: writes the few-shot lists that jobs use, so that other programs or the key <c>fewShots</c> of a spec can
/// use the same lists.
/// </summary>
internal static class SplitsCommand
{
    private const string JsonLines = "jsonl";

    public static Command Create()
    {
        var name = new Argument<string>("NAME")
        {
            Description = "The name of a built-in data set, or a folder of images below a data root.",
        };
        var shots = new Option<int[]>("--shots")
        {
            Description = "Training images per class; several values may be given.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [16],
        };
        var seeds = new Option<int[]>("--seed")
        {
            Description = "Seeds of the few-shot splits; several values may be given.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [1],
        };
        var to = new Option<string>("--out") { Description = "The folder to write to; created if it does not exist.", Required = true };
        var format = new Option<string>("--format") { Description = "The format of the lists.", DefaultValueFactory = _ => JsonLines };
        format.AcceptOnlyFromAmong(JsonLines);
        var root = new Option<string?>("--root")
        {
            Description = "The folders that contain the data sets, such as /data:/more (default: ADAPTCLUSTER_DATA, or the current "
                + "folder).",
        };
        var json = CommonOptions.Json();
        var command = new Command("splits", "Writes a data set's few-shot splits as lists, the same splits that jobs use.")
        {
            name, shots, seeds, to, format, root, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var settings = HostSettings.FromEnvironment().Silo;
            var roots = parsed.GetValue(root) is { } given ? DatasetsCommand.Roots(given) : settings.DataRoots;
            var dataset = Open(parsed.GetValue(name)!, roots, settings.KnownMethods.Formats);
            var files = Lists(dataset, parsed.GetValue(shots)!, parsed.GetValue(seeds)!, cancellation);
            var written = Write(parsed.GetValue(to)!, files);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) output.WriteLine(JsonSerializer.Serialize(written, AdaptClusterJson.Indented));
            else foreach (var file in written) output.WriteLine($"{file.Path}: {CountText.Of(file.Images, "image")}");
            return Task.FromResult(SweepCommand.Success);
        });
        return command;
    }

    private static FileDataset Open(string name, IReadOnlyList<string> roots, FormatCatalog formats)
    {
        var known = formats.KnownAs(name);
        var source = formats.KnownNames.Contains(known) ? new DatasetSource { Name = known, Format = formats.OfName(known).Name }
            : new DatasetSource { Name = name, Format = "folder", Path = name };
        return DatasetFormats.Open(DatasetFormats.Opener(formats.Find(source.Format)), roots, source) as FileDataset
            ?? throw new InvalidInputException($"NAME: data set '{name}' is generated and has no image files to list; "
                + $"write one of {string.Join(", ", formats.KnownFiles)}, or a folder of images.");
    }

    private static List<(string Name, string Text)> Lists(FileDataset dataset, int[] shots, int[] seeds, CancellationToken cancellation)
    {
        foreach (var seed in seeds.Where(seed => seed < 0))
            throw new InvalidInputException($"--seed: found {seed}; write a number of at least 0.");
        foreach (var count in shots.Where(count => count < 1))
            throw new InvalidInputException($"--shots: found {count}; write a number of at least 1.");
        var files = new List<(string Name, string Text)>();
        foreach (var count in shots.Distinct())
        {
            foreach (var one in seeds.Distinct())
            {
                cancellation.ThrowIfCancellationRequested();
                files.AddRange(FewShotFiles.Of(dataset, count, one));
            }
        }
        return files;
    }

    private static List<WrittenList> Write(string folder, List<(string Name, string Text)> files)
    {
        var there = files.Select(file => Path.Combine(folder, file.Name)).FirstOrDefault(Path.Exists);
        if (there is not null) throw new InvalidInputException($"--out: {there} already exists; remove it, or choose another folder.");
        var written = new List<WrittenList>();
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var (name, text) in files)
            {
                // The file gets its name only when it is complete.
                var (path, part) = (Path.Combine(folder, name), Path.Combine(folder, $".{name}.part"));
                File.WriteAllText(part, text);
                File.Move(part, path, overwrite: false);
                written.Add(new WrittenList(path, text.Count(c => c == '\n')));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new AdaptClusterException($"--out {folder}: {error.Message.ReplaceLineEndings(" ")}", error);
        }
        return written;
    }

    /// <summary>A written list.</summary>
    /// <param name="Path">The path of the file.</param>
    /// <param name="Images">The number of images in the list.</param>
    private sealed record WrittenList(string Path, int Images);
}
