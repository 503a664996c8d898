using Microsoft.ML.OnnxRuntime;

namespace AdaptCluster.Training.Tests.Jobs;

/// <summary>A file of ONNX in Microsoft's runtime, which checks the graph when it reads it.</summary>
internal sealed class OnnxModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly SessionOptions _options = new() { IntraOpNumThreads = 1 };
    private readonly RunOptions _run = new();

    /// <summary>Reads a file.</summary>
    internal OnnxModel(string path) => _session = new InferenceSession(path, _options);

    /// <summary>What the file says of itself.</summary>
    internal IReadOnlyDictionary<string, string> Metadata => _session.ModelMetadata.CustomMetadataMap;

    /// <summary>Inputs and outputs with their sizes; -1 for any.</summary>
    internal string[] Ends =>
        [.. _session.InputMetadata.Concat(_session.OutputMetadata).Select(end => $"{end.Key} [{string.Join(", ", end.Value.Dimensions)}]")];

    /// <summary>The output of the one input.</summary>
    /// <param name="values">Its numbers.</param>
    /// <param name="shape">Its sizes, the number of rows first.</param>
    /// <returns>A row for each of the input's.</returns>
    internal float[][] Run(float[] values, params long[] shape)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(values, shape);
        using var outputs = _session.Run(_run, [_session.InputNames[0]], [input], _session.OutputNames);
        var numbers = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        return [.. numbers.Chunk(numbers.Length / (int)shape[0])];
    }

    public void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
        _run.Dispose();
    }
}
