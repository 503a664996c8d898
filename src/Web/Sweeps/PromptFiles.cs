using System.IO.Compression;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;
using AdaptCluster.Web.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AdaptCluster.Web.Sweeps;

/// <summary>
/// Serves trained prompts as files: the prompts of one job, or an archive with the prompts of all jobs in a table row. Anyone who can see
/// the page can download the files. <c>sweep export</c> also adds class names, a model card and the spec.
/// </summary>
internal static class PromptFiles
{
    /// <summary>The maximum number of jobs in an archive.</summary>
    private const int MostFiles = 1_000;

    /// <summary>Limits the number of archives that are created at once, and thus the disk space that they use.</summary>
    private static readonly SemaphoreSlim Two = new(2);

    /// <summary>Returns the URL path of the archive for a table row.</summary>
    /// <param name="sweep">The sweep's id.</param>
    /// <param name="arm">The row's label.</param>
    public static string Address(string sweep, string arm) => $"/sweeps/{sweep}/prompts.zip?arm={Uri.EscapeDataString(arm)}";

    /// <summary>Returns the URL path of a job's prompts.</summary>
    /// <param name="sweep">The sweep's id.</param>
    /// <param name="job">The job's id.</param>
    public static string JobAddress(string sweep, string job) => $"/sweeps/{sweep}/jobs/{job}/prompts.safetensors";

    /// <summary>Maps the files.</summary>
    /// <param name="app">The host's endpoints.</param>
    public static void MapPromptFiles(this IEndpointRouteBuilder app)
    {
        app.MapGet("/sweeps/{Id}/prompts.zip", (string id, string? arm, HttpContext context) => PageFile.AnswerAsync(context, async () =>
        {
            var reader = ClusterReader.Of(context);
            var sweep = await reader.Front.FindAsync(id);
            await Two.WaitAsync(context.RequestAborted);
            try
            {
                var cells = await CellsAsync(reader, sweep, arm);
                var archive = await ArchiveAsync(reader.Sweep(sweep), cells, context.RequestAborted);
                return Results.File(archive, "application/zip", $"{sweep}.prompts.zip");
            }
            finally
            {
                Two.Release();
            }
        }));
        app.MapGet("/sweeps/{Id}/jobs/{Job}/prompts.safetensors", (string id, string job, HttpContext context) =>
            PageFile.AnswerAsync(context, async () =>
            {
                var reader = ClusterReader.Of(context);
                var sweep = await reader.Front.FindAsync(id);
                return await reader.Sweep(sweep).FileAsync(job, JobFile.Prompts) is { } bytes
                    ? Results.File(bytes, "application/octet-stream", $"{sweep}.{job}.safetensors")
                    : throw new InvalidInputException(
                        $"Job {job} has no prompts: it has not finished, trains nothing, or its prompts are no longer kept.");
            }));
    }

    /// <summary>
    /// Returns the complete cells in a table row: the named row or, if no row is named, the row with the best validation accuracy.
    /// </summary>
    private static async Task<CellJobs[]> CellsAsync(ClusterReader reader, SweepId sweep, string? arm)
    {
        if (arm is null)
        {
            var results = await reader.Coordinator(sweep).ResultsAsync();
            arm = BestArm.Of(results.Rows, results.Datasets)?.Label
                ?? throw new InvalidInputException("No arm is complete yet; use ?arm=LABEL to download the prompts of an incomplete arm.");
        }
        var cells = Array.FindAll(await reader.Sweep(sweep).CellsAsync(), cell => cell.Row == arm);
        if (cells.Sum(cell => cell.Jobs.Length) > MostFiles)
            throw new InvalidInputException($"Arm '{PrintableText.OneLine(arm)}' has more than {MostFiles} jobs, the maximum for an "
                + $"archive; use 'sweep export {sweep} --cell ARM,DATASET'.");
        return cells.Length > 0 ? cells
            : throw new InvalidInputException(
                $"No cell of arm '{PrintableText.OneLine(arm)}' is complete; 'sweep results {sweep}' lists the arms.");
    }

    /// <summary>
    /// Writes the archive to a temporary file, so that a failed read results in an error rather than a truncated archive.
    /// </summary>
    private static async Task<Stream> ArchiveAsync(ISweepGrain sweep, CellJobs[] cells, CancellationToken cancellation)
    {
        var missing = new List<string>();
        // Only this user can read the file that the system creates.
        var file = new FileStream(Path.GetTempFileName(), new FileStreamOptions
        {
            Mode = FileMode.Open,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        });
        try
        {
            await using (var archive = await ZipArchive.CreateAsync(
                file, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellation))
            {
                foreach (var (dataset, job) in cells.SelectMany(cell => cell.Jobs.Select(job => (cell.Dataset, job))))
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (await sweep.FileAsync(job.Value, JobFile.Prompts) is not { } bytes)
                    {
                        missing.Add(job.Value);
                        continue;
                    }
                    // Names of data sets are checked when a spec is read, so they are safe in a path. Trained numbers do not compress.
                    var entry = archive.CreateEntry($"{dataset}/{job}.safetensors", CompressionLevel.NoCompression);
                    await using var content = await entry.OpenAsync(cancellation);
                    await content.WriteAsync(bytes, cancellation);
                }
            }
            if (missing.Count > 0)
                throw new InvalidInputException($"Prompts are missing for {CountText.Of(missing.Count, "job")} of this arm, "
                    + $"such as {missing[0]}: the method trains none, or they are no longer kept.");
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }
}
