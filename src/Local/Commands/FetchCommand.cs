using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json;
using AdaptCluster.Client.Commands;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;
using AdaptCluster.Local.Fetching;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Local.Commands;

/// <summary><c>sweep datasets fetch</c>: the only command that connects to hosts other than those named in the settings.</summary>
internal static class FetchCommand
{
    /// <summary>
    /// The catalogue's first mirror. It is repeated here, since reading the catalogue would slow down the start of every command.
    /// </summary>
    internal const string DefaultMirror = "zhengli97/prompt_learning_dataset";

    private const string All = "all";

    private static readonly Argument<string[]> Names = new("NAME")
    {
        Description = "Data sets of the CoOp family, or 'all'; ImageNet has no mirror.",
        Arity = ArgumentArity.OneOrMore,
        CompletionSources =
        {
            _ => FetchCatalogue.Embedded.Sets.Select(set => new CompletionItem(set.Name)).Append(new CompletionItem(All)),
        },
    };

    private static readonly Option<string?> From = new("--from")
    {
        Description = $"The URL of a folder with the archives, or a mirror's name. Default: {DefaultMirror}. "
            + $"{FetchSource.Variable} (or {FetchSource.CommonVariable}) replaces the host of a named mirror.",
    };

    private static readonly Option<string?> To = new("--to")
    {
        HelpName = "DIR",
        Description = "The data root to write to. Default: the first folder of ADAPTCLUSTER_DATA, or the current folder.",
    };

    private static readonly Option<string?> Sha256 = new("--sha256")
    {
        Description = "The archive's SHA-256, if the catalogue has none; only with a single NAME.",
    };

    private static readonly Option<bool> Unverified = new("--unverified")
    {
        Description = "Accept an archive even if neither the catalogue nor the mirror provides its SHA-256.",
    };

    private static readonly Option<bool> Force = new("--force")
    {
        Description = "Replace an existing data set folder, once the new one is complete.",
    };

    private static readonly Option<bool> Keep = new("--keep-archive")
    {
        Description = $"Keep the archive in {FetchPlace.HiddenName}, below the data root.",
    };

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Show what would be fetched, with sizes, hashes, licences and free space, without contacting any host.",
    };

    private static readonly Option<bool> Ask = new("--ask")
    {
        Description = "With --dry-run: ask the mirror for sizes and hashes that are not in the catalogue.",
    };

    private static readonly Option<string?> Catalogue = new("--catalogue")
    {
        Description = "A file with your own mirrors and archives, instead of the built-in catalogue; see docs/users/datasets.md.",
    };

    private static readonly Option<int> Retries = CheckedOptions.WholeNumber(
        "--retries", "Give up a transfer after more than this many consecutive failures.", 8, least: 0, most: 1000);

    private static readonly Option<double> Silence = CheckedOptions.Number(
        "--timeout", "Retry a transfer after this many seconds without data.", 60, seconds => seconds is > 0 and <= 86_400,
        "a number of seconds above 0");

    public static Command Create()
    {
        var json = CommonOptions.Json();
        var command = new Command(
            "fetch", "Downloads data sets from a mirror into a data root, resumes interrupted downloads, and verifies the files.")
        {
            Names, From, To, Sha256, Unverified, Force, Keep, DryRun, Ask, Catalogue, Retries, Silence, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var catalogue = parsed.GetValue(Catalogue) is { } file
                ? await FetchCatalogue.ReadAsync(file, cancellation) : FetchCatalogue.Embedded;
            var methods = HostSettings.FromEnvironment().Silo.KnownMethods;
            FetchSet[] sets = [.. parsed.GetValue(Names)!
                .SelectMany(name => name == All ? catalogue.Sets : [catalogue.Find(name, methods.Formats.KnownAs)]).Distinct()];
            var order = Order(parsed, catalogue, sets);
            var error = parsed.InvocationConfiguration.Error;
            var transfer = new TransferOptions
            {
                Retries = parsed.GetValue(Retries),
                Silence = TimeSpan.FromSeconds(parsed.GetValue(Silence)),
            };
            using var client = new MirrorClient(transfer.Silence);
            var progress = new FetchProgress(error, Terminal.ErrorIsInteractive(error), TimeProvider.System);
            var fetch = new DatasetFetch(client, transfer, progress, Check(order.Root, methods));
            Func<FetchSet, Task<FetchReport>> run = parsed.GetValue(DryRun)
                ? set => fetch.PlanAsync(order, set, parsed.GetValue(Ask), cancellation) : set => fetch.RunAsync(order, set, cancellation);
            return await RunAsync(sets, run, parsed.GetValue(json), parsed.InvocationConfiguration.Output);
        });
        return command;
    }

    private static FetchOrder Order(ParseResult parsed, FetchCatalogue catalogue, FetchSet[] sets)
    {
        var hash = parsed.GetValue(Sha256);
        if (hash is not null && !FetchCatalogue.IsSha256(hash))
            throw new InvalidInputException($"--sha256: found '{hash}'; write 64 hexadecimal digits.");
        if (hash is not null && sets.Length > 1)
            throw new InvalidInputException(
                "--sha256: applies to one archive, but several data sets were given; fetch this one separately.");
        if (parsed.GetValue(Ask) && !parsed.GetValue(DryRun))
            throw new InvalidInputException("--ask: requires --dry-run; add --dry-run, or leave out --ask.");
        var root = Path.GetFullPath(parsed.GetValue(To) is { Length: > 0 } to ? to : HostSettings.FromEnvironment().Silo.DataRoots[0]);
        if (!Directory.Exists(root))
            throw new InvalidInputException($"--to: there is no folder {root}; create it, or choose another data root.");
        return new FetchOrder
        {
            Source = FetchSource.Find(parsed.GetValue(From), catalogue, Environment.GetEnvironmentVariable),
            Root = root,
            Sha256 = hash?.ToLowerInvariant(),
            MayBeUnverified = parsed.GetValue(Unverified),
            Replaces = parsed.GetValue(Force),
            KeepsArchive = parsed.GetValue(Keep),
        };
    }

    /// <summary>Fetches data sets one after another; a failure does not stop the others.</summary>
    private static async Task<int> RunAsync(FetchSet[] sets, Func<FetchSet, Task<FetchReport>> run, bool json, TextWriter output)
    {
        var reports = new List<FetchReport>();
        var refused = new List<AdaptClusterException>();
        foreach (var set in sets)
        {
            FetchReport report;
            try
            {
                report = await run(set);
            }
            catch (AdaptClusterException error)
            {
                refused.Add(error);
                continue;
            }
            // An unusable folder or file affects only one data set; the reports of the others are kept.
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                refused.Add(new AdaptClusterException($"{set.Name}: {e.Message.TrimEnd('.')}; fix this, then run the same command "
                    + "again to resume the download.", e));
                continue;
            }
            reports.Add(report);
            if (!json) await WriteAsync(output, report);
        }
        if (json) await output.WriteLineAsync(JsonSerializer.Serialize(reports, AdaptClusterJson.Indented));
        if (refused.Count == 0) return reports.All(fetched => fetched.IsGood) ? SweepCommand.Success : SweepCommand.Failure;
        var all = string.Join(' ', refused.Select(error => error.Message));
        throw refused.All(error => error is InvalidInputException) ? new InvalidInputException(all, refused[0])
            : new AdaptClusterException(all, refused[0]);
    }

    private static Func<FetchSet, CancellationToken, Task<DatasetReport>> Check(string root, MethodCatalog methods) =>
        async (set, cancellation) =>
        {
            var name = methods.Formats.KnownFiles.Contains(set.Name) ? set.Name : Path.Combine(root, set.Folder);
            var checks = await DatasetsCommand.ChecksAsync(name, [root], methods, cancellation);
            return await Task.Run(checks.Single(), cancellation);
        };

    private static async Task WriteAsync(TextWriter output, FetchReport report)
    {
        foreach (var line in FetchLines.Of(report)) await output.WriteLineAsync(line);
        if (report.Check is { } check) await DatasetsCommand.WriteAsync(output, check);
    }
}
