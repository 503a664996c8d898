using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Sweeps.Methods;

/// <summary>Describes a method that has its own settings.</summary>
/// <typeparam name="TSettings">A record whose properties have their defaults as initialisers, and [Range] and [Description]
/// attributes.</typeparam>
public abstract class MethodDescriptor<TSettings> : MethodDescriptor where TSettings : class, new()
{
    /// <inheritdoc/>
    public override Type SettingsType => typeof(TSettings);

    /// <inheritdoc/>
    public sealed override TrainSettings Preset => MethodSettings.With(Common, new TSettings());

    /// <summary>
    /// The preset without the method's own settings. Unless overridden, it contains the defaults of <see cref="TrainSettings"/>.
    /// </summary>
    protected virtual TrainSettings Common => new();

    internal override JsonObject ToJson(TrainSettings train)
    {
        var json = base.ToJson(train with { Own = null });
        if (!MethodSettings.IsMember(typeof(TSettings)))
            json[Name] = JsonSerializer.SerializeToNode(MethodSettings.Of<TSettings>(train.Own is null ? Preset : train),
                AdaptClusterJson.Compact);
        return json;
    }

    internal override TrainSettings FromJson(JsonObject settings)
    {
        if (MethodSettings.IsMember(typeof(TSettings))) return base.FromJson(settings);
        var common = settings.DeepClone().AsObject();
        common.Remove(Name);
        return MethodSettings.With(
            base.FromJson(common), settings[Name].Deserialize<TSettings>(AdaptClusterJson.Compact) ?? new TSettings());
    }
}
