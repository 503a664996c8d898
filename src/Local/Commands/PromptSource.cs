using AdaptCluster.Client.Commands;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Sweeps.Evidence;

namespace AdaptCluster.Local.Commands;

/// <summary>Prompts with what they need to classify images, from an exported folder or from a job of the home.</summary>
/// <param name="Name">What errors call them.</param>
/// <param name="Job">The job that trained them.</param>
/// <param name="BackboneSha256">The SHA-256 of the backbone that they fit.</param>
/// <param name="Template">The text of a class.</param>
/// <param name="ClassNames">Names in label order.</param>
/// <param name="Prompts">A safetensors file; null for a method that trains nothing.</param>
internal sealed record PromptSource(
    string Name, JobDefinition Job, string BackboneSha256, string Template, IReadOnlyList<string> ClassNames, byte[]? Prompts)
{
    /// <summary>Opens them.</summary>
    /// <param name="place">A folder, or a sweep's id.</param>
    /// <param name="job">A job of that sweep; null for a folder.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidInputException">They are not there, or damaged.</exception>
    public static async Task<PromptSource> OpenAsync(string place, string? job, CancellationToken cancellation)
    {
        if (job is null) return OfFolder(place);
        await using var connection = await HomeConnections.OpenAsync(
            HostSettings.FromEnvironment(), ConnectionUse.Read, _ => Task.CompletedTask, cancellation);
        return await connection.ActAsync(async open =>
        {
            var sweep = await open.Reads.FindAsync(place);
            var (detail, predictions) = await PredictionsCommand.ReadAsync(open.Reads, sweep, job);
            return new PromptSource($"job {detail.Status.Id}", detail.Definition, detail.Key["backbone sha-256"], predictions.Template,
                predictions.ClassNames, await open.Reads.FileAsync(sweep, job, JobFile.Prompts));
        });
    }

    private static PromptSource OfFolder(string folder)
    {
        if (!Directory.Exists(folder))
            throw new InvalidInputException(
                $"PROMPTS: there is no folder '{folder}'; write one of 'sweep export', or a sweep's id with --job.");
        var (export, prompts) = JobExport.Read(folder, (name, most) => ReadFile(Path.Combine(folder, name), most));
        return new PromptSource(Path.Combine(folder, JobExport.PromptsName), export.Definition, export.BackboneSha256, export.Template,
            export.ClassNames, prompts);
    }

    private static byte[] ReadFile(string path, long most)
    {
        try
        {
            if (FileKind.Problem(path) is { } problem) throw new InvalidInputException($"{path} {problem}; export the job again.");
            var length = new FileInfo(path).Length;
            return length <= most ? File.ReadAllBytes(path)
                : throw new InvalidInputException($"{path}: {length} bytes are more than such a file may have ({most}).");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{path}: cannot be read ({e.Message.TrimEnd('.')}); is this a folder of 'sweep export'?", e);
        }
    }
}
