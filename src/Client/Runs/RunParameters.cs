using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Client.Runs;

/// <summary>A job's hyperparameters: what the method reads, each by its path in the spec's spelling.</summary>
internal static class RunParameters
{
    private const string Train = "train", Own = "own", Names = "dataset.names";

    /// <summary>The parameters of a job; what is null is left out.</summary>
    public static RunParameter[] Of(JobDefinition job)
    {
        var found = new List<RunParameter>();
        Add(JsonSerializer.SerializeToElement(job, AdaptClusterJson.Compact), "", job.Method, found);
        return [.. found];
    }

    private static void Add(JsonElement element, string path, string method, List<RunParameter> found)
    {
        // Names of classes are anybody's texts, and no names of parameters.
        if (element.ValueKind == JsonValueKind.Object && path != Names)
        {
            foreach (var property in element.EnumerateObject())
            {
                var (name, value) = (property.Name, property.Value);
                // Below train, a section is named after the method that reads it alone; that of a method of one's own is called own.
                if (path == Train && value.ValueKind == JsonValueKind.Object)
                {
                    if (name == Own) name = method;
                    else if (name != method) continue;
                }
                Add(value, path.Length == 0 ? name : $"{path}.{name}", method, found);
            }
        }
        else if (element.ValueKind != JsonValueKind.Null) found.Add(new RunParameter(path, element));
    }
}
