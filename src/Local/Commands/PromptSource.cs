using AdaptCluster.Client.Commands;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Sweeps.Evidence;
using AdaptCluster.Training.Jobs;

namespace AdaptCluster.Local.Commands;

/// <summary>Trained prompts with the data needed to classify images, from an exported folder or from a job in the home.</summary>
/// <param name="Trained">The trained prompts.</param>
/// <param name="BackboneSha256">The SHA-256 of the backbone that the prompts were trained for.</param>
internal sealed record PromptSource(TrainedPrompts Trained, string BackboneSha256)
{
    /// <summary>Reads the prompts.</summary>
    /// <param name="place">A folder, or a sweep's id.</param>
    /// <param name="job">A job of that sweep; null for a folder.</param>
    /// <param name="cancellation">A token that cancels the read.</param>
    /// <exception cref="InvalidInputException">The prompts do not exist or are damaged.</exception>
    public static async Task<PromptSource> OpenAsync(string place, string? job, CancellationToken cancellation)
    {
        if (job is null) return OfFolder(place);
        await using var connection = await HomeConnections.OpenAsync(
            HostSettings.FromEnvironment(), ConnectionUse.Read, _ => Task.CompletedTask, cancellation);
        return await connection.ActAsync(async open =>
        {
            var sweep = await open.Reads.FindAsync(place);
            var (detail, predictions) = await PredictionsCommand.ReadAsync(open.Reads, sweep, job);
            var prompts = await open.Reads.FileAsync(sweep, job, JobFile.Prompts);
            return new PromptSource(new TrainedPrompts(detail.Definition, predictions.Template, predictions.ClassNames, prompts,
                $"job {detail.Status.Id}"), detail.Key["backbone sha-256"]);
        });
    }

    private static PromptSource OfFolder(string folder)
    {
        if (!Directory.Exists(folder))
            throw new InvalidInputException(
                $"PROMPTS: there is no folder '{folder}'; write a folder created by 'sweep export', or a sweep's id with --job.");
        var (export, prompts) = JobExport.Read(folder, (name, most) => ReadFile(Path.Combine(folder, name), most));
        return new PromptSource(new TrainedPrompts(export.Definition, export.Template, export.ClassNames, prompts,
            Path.Combine(folder, JobExport.PromptsName)), export.BackboneSha256);
    }

    private static byte[] ReadFile(string path, long most)
    {
        try
        {
            if (FileKind.Problem(path) is { } problem) throw new InvalidInputException($"{path} {problem}; export the job again.");
            var length = new FileInfo(path).Length;
            return length <= most ? File.ReadAllBytes(path)
                : throw new InvalidInputException($"{path}: the file has {length} bytes; the limit is {most} bytes.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{path}: cannot be read ({e.Message.TrimEnd('.')}); is this a folder from 'sweep export'?", e);
        }
    }
}
