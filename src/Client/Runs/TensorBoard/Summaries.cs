using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Runs.TensorBoard;

/// <summary>
/// Creates the summaries of a run. The field numbers come from TensorBoard's sources: compat/proto/summary.proto, tensor.proto and, for the
/// hyperparameters, plugins/hparams/api.proto and plugin_data.proto.
/// </summary>
internal static class Summaries
{
    /// <summary>The tag under which the HPARAMS tab looks for the experiment.</summary>
    public const string ExperimentTag = "_hparams_/experiment";

    private const string SessionStartTag = "_hparams_/session_start_info", SessionEndTag = "_hparams_/session_end_info";

    private const int ValueField = 1, TagField = 1, SimpleValue = 2, TensorField = 8, Metadata = 9, TensorClass = 2;

    /// <summary>The DataType values of tensors: float and string.</summary>
    private const int Float = 1, String = 7;

    /// <summary>Creates the summary with the scalars of one step, in float precision like all of TensorBoard's scalars.</summary>
    public static ProtoMessage Scalars(IEnumerable<(string Metric, double Value)> values)
    {
        var summary = new ProtoMessage();
        foreach (var (metric, value) in values)
            summary.Message(ValueField, new ProtoMessage().Text(TagField, metric).Single(SimpleValue, (float)value));
        return summary;
    }

    /// <summary>Creates the summary with Markdown text, for the TEXT tab.</summary>
    public static ProtoMessage Text(string tag, string markdown) => Tagged(tag, "text", [],
        new ProtoMessage().Integer(1, String).Message(2, Shape(new ProtoMessage().Integer(1, 1))).Text(8, markdown));

    /// <summary>Creates the summary with a run's hyperparameters, for the HPARAMS tab.</summary>
    public static ProtoMessage SessionStart(ExportedRun run)
    {
        var info = new ProtoMessage();
        foreach (var parameter in run.Parameters)
            info.Message(1, new ProtoMessage().Text(1, parameter.Name).Message(2, HyperparameterValue.Write(parameter.Value)));
        info.Double(5, EventFile.Seconds(run.Started));
        return HParams(SessionStartTag, new ProtoMessage().Message(3, info));
    }

    /// <summary>Creates the summary with a run's final status.</summary>
    public static ProtoMessage SessionEnd(JobState state, DateTimeOffset ended) => HParams(SessionEndTag,
        new ProtoMessage().Message(4, new ProtoMessage().Integer(1, state == JobState.Completed ? 1 : 2)
            .Double(2, EventFile.Seconds(ended))));

    /// <summary>Creates a summary for the "hparams" plugin.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="data">An HParamsPluginData of version 0.</param>
    public static ProtoMessage HParams(string tag, ProtoMessage data) =>
        // The tensor is empty: only the metadata matters.
        Tagged(tag, "hparams", data.ToArray(), new ProtoMessage().Integer(1, Float).Message(2, Shape(new ProtoMessage())));

    private static ProtoMessage Tagged(string tag, string plugin, byte[] content, ProtoMessage tensor) => new ProtoMessage()
        .Message(ValueField, new ProtoMessage().Text(TagField, tag).Message(TensorField, tensor).Message(Metadata, new ProtoMessage()
            .Message(1, new ProtoMessage().Text(1, plugin).Bytes(2, content)).Integer(4, TensorClass)));

    /// <summary>Creates a TensorShapeProto with one dimension.</summary>
    private static ProtoMessage Shape(ProtoMessage dimension) => new ProtoMessage().Message(2, dimension);
}
