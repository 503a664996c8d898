using System.CommandLine;
using System.Text.Json;
using AdaptCluster.Client.Commands;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Sweeps.Specs;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Folders;

namespace AdaptCluster.Local.Commands;

/// <summary><c>sweep datasets</c> and its subcommand <c>check</c>; the other subcommands have their own classes.</summary>
internal static class DatasetsCommand
{
    private const int NameWidth = 15;

    public static Command Create() => new("datasets", "Checks and downloads data sets, and writes their few-shot splits.")
    {
        Check(), FetchCommand.Create(), SplitsCommand.Create(),
    };

    private static Command Check()
    {
        var names = new Argument<string[]>("NAME")
        {
            Description = "Data sets of the CoOp family, spec files (all their data sets), or image folders. Default: the eleven data "
                + "sets of the family.",
            DefaultValueFactory = _ => [],
        };
        var root = new Option<string?>("--root")
        {
            Description = "The folders that contain the data sets, such as /data:/more (default: ADAPTCLUSTER_DATA, or the current "
                + "folder).",
        };
        var json = CommonOptions.Json();
        var command = new Command(
            "check", "Checks which data sets are complete; shows their classes and images, missing and ignored files, and unusable "
            + "images.")
        {
            names, root, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var settings = HostSettings.FromEnvironment().Silo;
            var (roots, methods) = (parsed.GetValue(root) is { } given ? Roots(given) : settings.DataRoots, settings.KnownMethods);
            var asked = parsed.GetValue(names)!;
            var reports = new List<DatasetReport>();
            // An invalid name must not keep the others from being checked.
            var refused = new List<InvalidInputException>();
            foreach (var name in asked.Length > 0 ? asked : methods.Formats.KnownFiles)
            {
                try
                {
                    foreach (var check in await ChecksAsync(name, roots, methods, cancellation))
                    {
                        var report = await Task.Run(check, cancellation);
                        reports.Add(report);
                        if (!parsed.GetValue(json)) await WriteAsync(output, report);
                    }
                }
                catch (InvalidInputException error)
                {
                    refused.Add(error);
                }
            }
            if (parsed.GetValue(json)) await output.WriteLineAsync(JsonSerializer.Serialize(reports, AdaptClusterJson.Indented));
            if (refused.Count > 0) throw new InvalidInputException(string.Join(' ', refused.Select(error => error.Message)), refused[0]);
            return reports.All(report => report.Complete || (!report.Exists && asked.Length == 0))
                ? SweepCommand.Success : SweepCommand.Failure;
        });
        return command;
    }

    /// <summary>Returns the folders given by <c>--root</c>.</summary>
    /// <exception cref="InvalidInputException">No folder is given, or one does not exist.</exception>
    internal static string[] Roots(string option)
    {
        var roots = SiloSettings.Folders(option);
        var missing = roots.Where(root => !Directory.Exists(root)).DefaultIfEmpty(roots.Length == 0 ? "" : null).First();
        if (missing is not null)
        {
            throw new InvalidInputException($"--root {option}: there is no folder '{missing}'; "
                + "write the folder that contains the data sets' folders.");
        }
        return roots;
    }

    /// <summary>Returns the checks for an argument.</summary>
    /// <exception cref="InvalidInputException">The argument is not the name of a data set, a spec file or a folder.</exception>
    public static async Task<IEnumerable<Func<DatasetReport>>> ChecksAsync(
        string name, IReadOnlyList<string> roots, MethodCatalog methods, CancellationToken cancellation)
    {
        if (methods.Formats.KnownAs(name) is var canonical
            && methods.Formats.KnownNames.Except(methods.Formats.KnownDrawn).Contains(canonical)
            && (canonical == name || !Directory.Exists(name)))
        {
            var known = new DatasetSource { Name = canonical, Format = methods.Formats.OfName(canonical).Name };
            return [() => Opener(known).Check(roots, known, shots: 1, seeds: [], cancellation)];
        }
        if (Directory.Exists(name)) return [() => FolderCheck.Of(name, roots, cancellation)];
        if (roots.Select(root => Path.Combine(root, name)).FirstOrDefault(Directory.Exists) is { } folder)
            return [() => FolderCheck.Of(folder, roots, cancellation)];
        if (!File.Exists(name))
        {
            var places = roots.Select(root => Directory.Exists(root) ? root : $"{root}, which does not exist");
            throw new InvalidInputException($"NAME: found '{name}'; write one of {string.Join(", ", methods.Formats.KnownFiles)}, "
                + "or the path of a spec or of a folder (no file or folder with this name exists here or in "
                + $"{string.Join(" or ", places)}).");
        }
        var spec = SpecParser.Parse(await CommonOptions.ReadSpecAsync(name, [], cancellation), name, methods);
        return spec.Datasets.Select<DatasetSource, Func<DatasetReport>>(
            source => () => Opener(source).Check(roots, source, spec.Shots, spec.Seeds, cancellation));

        IDatasetOpener Opener(DatasetSource source) => DatasetFormats.Opener(methods.Formats.Find(source.Format));
    }

    /// <summary>Writes a check's findings.</summary>
    public static async Task WriteAsync(TextWriter output, DatasetReport report)
    {
        var indent = new string(' ', NameWidth + 1);
        var isPublished = report.Published is not null;
        var state = !report.Exists ? $"missing; put it in {report.Place}"
            : report.Complete ? isPublished ? "complete" : "usable"
            : isPublished ? "not complete" : "not usable";
        var (found, split) =
            (report.Found is { } counts ? $": {counts}" : "", report.SplitSha256 is { } hash ? $", split {hash[..12]}" : "");
        await output.WriteLineAsync($"{report.Name.PadRight(NameWidth)} {state}{found}{split}");
        if (!report.Exists && isPublished)
            await output.WriteLineAsync($"{indent}images in {report.Images}{(report.Split is { } file ? $", split {file}" : "")}");
        foreach (var problem in report.Problems) await output.WriteLineAsync($"{indent}problem: {problem}");
        foreach (var note in report.Notes) await output.WriteLineAsync($"{indent}note: {note}");
    }
}
