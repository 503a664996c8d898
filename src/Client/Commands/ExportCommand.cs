using System.CommandLine;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Evidence;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep export ID --job J --out DIR</c>: exports a trained job with everything needed to use it elsewhere.</summary>
internal static class ExportCommand
{
    public static Command Create(Connector connector)
    {
        var (id, cluster) = (CommonOptions.SweepId(connector), CommonOptions.Cluster(connector));
        var job = CommonOptions.Job(connector);
        job.Required = false;
        var cell = new Option<string?>("--cell")
        {
            Description = "Export the jobs of one table cell, written as 'ROW LABEL,DATA SET'; each seed gets its own folder.",
        };
        var best = new Option<bool>("--best")
        {
            Description = "Export, for each data set, the job with the best validation accuracy in the row with the best mean "
                + "validation accuracy.",
        };
        var to = new Option<string>("--out") { Description = "The folder to write; must be new or empty.", Required = true };
        var licence = new Option<string>("--licence")
        {
            Description = "The licence to state in the model card.",
            DefaultValueFactory = _ => ModelCard.NoLicence,
        };
        var onnx = new Option<bool>("--onnx")
        {
            Description = $"Also write {JobExport.OnnxName}, a model from pixels to logits; needs the backbone on this machine.",
        };
        var json = CommonOptions.Json();
        var command = new Command("export",
            "Exports prompts and masks as safetensors, with class names, hashes, accuracies and a model card.")
        {
            id, job, cell, best, to, licence, onnx, cluster, json,
        };
        command.SetAction((parsed, cancellation) =>
            connector.ReadSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (reads, sweep) =>
        {
            var (asked, place, all) = (parsed.GetValue(job), parsed.GetValue(cell), parsed.GetValue(best));
            if ((asked is null ? 0 : 1) + (place is null ? 0 : 1) + (all ? 1 : 0) != 1)
                throw new InvalidInputException("--job, --cell, --best: use exactly one of them.");
            Action<IReadOnlyList<OnnxRequest>>? writeOnnx = parsed.GetValue(onnx) ? Writer(connector.Embedded) : null;
            var folder = new ExportFolder(parsed.GetValue(to)!, parsed.GetValue(licence)!);
            var jobs = asked is not null ? [("", asked)] : place is not null ? OfCell(await reads.CellsAsync(sweep), place)
                : Best(await reads.CellsAsync(sweep));
            var runs = await reads.RunsAsync(sweep, new JobPosition(0));
            var exports = new List<(string Folder, ExportedJob Job)>();
            foreach (var (name, one) in jobs) exports.Add((name, await ReadAsync(reads, sweep, one, connector.Embedded, parsed)));
            folder.Write(exports, runs.SpecJson, writeOnnx);
            if (all) await NoteBestAsync(parsed.InvocationConfiguration.Error, (await reads.StatusAsync(sweep)).Summary, exports);
            var output = parsed.InvocationConfiguration.Output;
            if (!parsed.GetValue(json)) await output.WriteLineAsync(folder.Path);
            else await JsonOutput.WriteAsync(output, new
            {
                Out = folder.Path,
                Jobs = exports.Select(export => new { Folder = Path.Combine(folder.Path, export.Folder), Job = export.Job.Export.Job }),
            }, sweep);
            return SweepCommand.Success;
        }, cancellation));
        return command;
    }

    private static Action<IReadOnlyList<OnnxRequest>> Writer(IEmbeddedMode? embedded) => embedded is not null ? embedded.WriteOnnx
        : throw new InvalidInputException("--onnx: this client has no backbones; use the full program, or leave out --onnx.");

    /// <summary>Reads the data to write to a job's export folder.</summary>
    private static async Task<ExportedJob> ReadAsync(
        ISweepReads reads, SweepId sweep, string job, IEmbeddedMode? embedded, ParseResult parsed)
    {
        var (detail, predictions) = await PredictionsCommand.ReadAsync(reads, sweep, job);
        var prompts = await reads.FileAsync(sweep, job, JobFile.Prompts);
        if (prompts is null && detail.Definition.Train is not null)
            throw new InvalidInputException(
                $"job {detail.Status.Id} has no prompts in the store; train it again with 'sweep submit --no-cache'.");
        var backbone = detail.Key["backbone sha-256"];
        var (tokens, reason) = embedded?.Tokens(detail.Definition.Backbone, backbone, predictions.Template, predictions.ClassNames)
            ?? (null, "this client has no tokenizer");
        if (tokens is null)
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"{detail.Status.Id}: {JobExport.FileName} has no tokens: {reason}.");
        var result = detail.Result!;
        return new ExportedJob(detail.Status.Description, prompts, new JobExport
        {
            Format = JobExport.CurrentFormat,
            Sweep = sweep.Value,
            Job = detail.Status.Id,
            Trainer = detail.Key["trainer version"],
            Definition = detail.Definition,
            BackboneSha256 = backbone,
            DatasetSha256 = detail.Key["dataset sha-256"],
            Template = predictions.Template,
            ClassNames = [.. predictions.ClassNames],
            Tokens = tokens,
            Result = new ExportNumbers
            {
                TestCorrect = result.TestCorrect,
                TestTotal = result.TestTotal,
                ValidationCorrect = result.ValidationCorrect,
                ValidationTotal = result.ValidationTotal,
                TrainableParameters = result.TrainableParameters,
                ImageContextTokens = result.ImageContextTokens,
                TextContextTokens = result.TextContextTokens,
            },
        });
    }

    /// <summary>Names the jobs that --best took, which can change while a sweep is not complete.</summary>
    private static async Task NoteBestAsync(TextWriter notes, SweepSummary sweep, List<(string Folder, ExportedJob Job)> exports)
    {
        foreach (var (folder, job) in exports) await notes.WriteLineAsync($"{folder}: {job.Description}, job {job.Export.Job}");
        if (sweep.State != SweepState.Completed)
            await notes.WriteLineAsync($"note: {sweep.Id} is not complete; only its complete cells were compared.");
    }

    private static (string Folder, string Job)[] OfCell(CellJobs[] cells, string asked)
    {
        var comma = asked.LastIndexOf(',');
        if (comma < 0) throw new InvalidInputException($"--cell: found '{asked}'; write the row's label, a comma and the data set's name.");
        var (row, dataset) = (asked[..comma].Trim(), asked[(comma + 1)..].Trim());
        var found = Array.Find(cells, cell => cell.Row == row && cell.Dataset == dataset);
        return found is not null ? [.. found.Jobs.Select(job => (job.Value, job.Value))] : throw new InvalidInputException(
            $"--cell: there is no complete cell for row '{row}' and data set '{dataset}'; "
            + (cells.Length == 0 ? "no cell is complete yet."
                : $"complete cells: {string.Join("; ", cells.Select(cell => $"'{cell.Row},{cell.Dataset}'"))}."));
    }

    private static (string Folder, string Job)[] Best(CellJobs[] cells)
    {
        if (cells.Length == 0)
            throw new InvalidInputException("--best: no cell of the table is complete yet; 'sweep watch' follows the sweep.");
        var datasets = cells.GroupBy(cell => cell.Dataset).ToArray();
        return [.. FileNames.Distinct([.. datasets.Select(dataset => dataset.Key)]).Zip(datasets, (folder, dataset) =>
        {
            // Ties go to the first row, as in the table; test accuracy is never read.
            var cell = dataset.MaxBy(cell => cell.ValidationCorrect.Sum(correct => (long)correct))!;
            return (folder, cell.Jobs[Array.IndexOf(cell.ValidationCorrect, cell.ValidationCorrect.Max())].Value);
        })];
    }
}

/// <summary>A job to export.</summary>
/// <param name="Description">The job's description.</param>
/// <param name="Prompts">The trained tensors; null for a method without training.</param>
/// <param name="Export">The export's metadata.</param>
internal sealed record ExportedJob(string Description, byte[]? Prompts, JobExport Export);
