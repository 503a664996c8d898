using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>Lists the hyperparameters of a job that its method reads. Each is identified by its path, spelled as in specs.</summary>
public static class RunParameters
{
    private const string Train = "train", Own = "own", Names = "dataset.names";

    /// <summary>Returns the non-null hyperparameters of a job.</summary>
    public static RunParameter[] Of(JobDefinition job)
    {
        var found = new List<RunParameter>();
        Add(JsonSerializer.SerializeToElement(job, AdaptClusterJson.Compact), "", job.Method, found);
        return [.. found];
    }

    private static void Add(JsonElement element, string path, string method, List<RunParameter> found)
    {
        // Class names are arbitrary strings, not parameter names.
        if (element.ValueKind == JsonValueKind.Object && path != Names)
        {
            foreach (var property in element.EnumerateObject())
            {
                var (name, value) = (property.Name, property.Value);
                // Each section of "train" is named after the only method that reads it. The section of a newer or user-defined method is
                // called "own".
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

/// <summary>A hyperparameter.</summary>
/// <param name="Name">The path in the job's definition, such as "train.learningRate".</param>
/// <param name="Value">A number, string or Boolean; anything else is written as JSON text.</param>
public sealed record RunParameter(string Name, JsonElement Value)
{
    /// <summary>The value as text.</summary>
    public string Text => Value.ValueKind == JsonValueKind.String ? Value.GetString()! : Value.GetRawText();
}
