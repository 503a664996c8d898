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

/// <summary><c>sweep datasets fetch</c>: the only command that connects to hosts that no setting names.</summary>
internal static class FetchCommand
{
    /// <summary>
    /// The catalogue's first mirror. It is repeated here, since reading the catalogue would slow down the start of every command.
    /// </summary>
    internal const string DefaultMirror = "zhengli97/prompt_learning_dataset";

    private const string All = "all";

    private static readonly Argument<string[]> Names = new("NAME")
    {
        Description = "Data sets of the CoOp family, or all; ImageNet has no mirror.",
        Arity = ArgumentArity.OneOrMore,
        CompletionSources =
        {
            _ => FetchCatalogue.Embedded.Sets.Select(set => new CompletionItem(set.Name)).Append(new CompletionItem(All)),
        },
    };

    private static readonly Option<string?> From = new("--from")
    {
        Description = $"A URL below which the archives lie, or a mirror's name; {DefaultMirror} unless told. "
            + $"{FetchSource.Variable} (or {FetchSource.CommonVariable}) replaces the host of a named mirror.",
    };

    private static readonly Option<string?> To = new("--to")
    {
        HelpName = "DIR",
        Description = "The data root to write into (default: the first of ADAPTCLUSTER_DATA, else the current folder).",
    };

    private static readonly Option<string?> Sha256 = new("--sha256")
    {
        Description = "The archive's SHA-256, where the catalogue has none; for one NAME.",
    };

    private static readonly Option<bool> Unverified = new("--unverified")
    {
        Description = "Also take an archive whose SHA-256 neither the catalogue nor the mirror gives.",
    };

    private static readonly Option<bool> Force = new("--force")
    {
        Description = "Replace a data set's folder that is there; it stays until the new one is whole.",
    };

    private static readonly Option<bool> Keep = new("--keep-archive")
    {
        Description = $"Keep the archive, in {FetchPlace.HiddenName} below the data root.",
    };

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Show what would be fetched, sizes, hashes, licences and free space; contacts nobody.",
    };

    private static readonly Option<bool> Ask = new("--ask")
    {
        Description = "With --dry-run: ask the mirror for sizes and hashes that the catalogue has not.",
    };

    private static readonly Option<string?> Catalogue = new("--catalogue")
    {
        Description = "A file with mirrors and archives of your own, instead of this program's; docs/users/datasets.md shows its form.",
    };

    private static readonly Option<int> Retries = CheckedOptions.WholeNumber(
        "--retries", "Failures in a row after which a transfer is given up.", 8, least: 0, most: 1000);

    private static readonly Option<double> Silence = CheckedOptions.Number(
        "--timeout", "Seconds without a byte after which a transfer is repeated.", 60, seconds => seconds is > 0 and <= 86_400,
        "a number of seconds above 0");

    public static Command Create()
    {
        var json = CommonOptions.Json();
        var command = new Command(
            "fetch", "Fetches data sets from a mirror into a data root, resumes what was broken off, verifies and checks them.")
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
            throw new InvalidInputException("--sha256: is one archive's, and several are named; fetch that one by itself.");
        if (parsed.GetValue(Ask) && !parsed.GetValue(DryRun))
            throw new InvalidInputException("--ask: belongs to --dry-run; add it, or leave --ask out.");
        var root = Path.GetFullPath(parsed.GetValue(To) is { Length: > 0 } to ? to : HostSettings.FromEnvironment().Silo.DataRoots[0]);
        if (!Directory.Exists(root))
            throw new InvalidInputException($"--to: there is no folder {root}; make it, or name another data root.");
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
            // A folder or file that cannot be used concerns only one data set, and the reports of the others are kept.
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                refused.Add(new AdaptClusterException($"{set.Name}: {e.Message.TrimEnd('.')}; put that right and run the same command "
                    + "again, which goes on with what came.", e));
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
