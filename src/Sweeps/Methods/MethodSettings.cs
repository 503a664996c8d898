using System.Reflection;
using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Sweeps.Methods;

/// <summary>
/// Where a job holds the settings of its method. Those of the methods that came with version 0.1.0 are members of
/// <see cref="TrainSettings"/>, since stores and silos of that version hold them there; those of all others travel as JSON
/// (<see cref="TrainSettings.Own"/>), so that a new method changes no contract.
/// </summary>
public static class MethodSettings
{
    private static readonly Dictionary<Type, PropertyInfo> Members = typeof(TrainSettings).GetProperties()
        .Where(property => property.PropertyType.IsClass).ToDictionary(property => property.PropertyType);

    /// <summary>
    /// The method's own settings. Those that are a member of <see cref="TrainSettings"/> are defaults where a job was made without them.
    /// </summary>
    /// <param name="train">How a job of the method trains.</param>
    /// <exception cref="InvalidInputException">The job holds none, or something else.</exception>
    public static TSettings Of<TSettings>(TrainSettings? train) where TSettings : class, new()
    {
        if (Members.TryGetValue(typeof(TSettings), out var member))
            return (train is null ? null : (TSettings?)member.GetValue(train)) ?? new TSettings();
        try
        {
            return train?.Own is { } own ? JsonSerializer.Deserialize<TSettings>(own.Json, AdaptClusterJson.Compact)!
                // With defaults the job would find another result under its id.
                : throw new InvalidInputException($"The job has lost its settings ({typeof(TSettings).Name}): a silo of an earlier "
                    + "version, which does not know them, has passed it on. Upgrade all control silos, and submit the sweep again.");
        }
        catch (JsonException e)
        {
            throw new InvalidInputException(
                $"The job's settings are not those of {typeof(TSettings).Name}: {PrintableText.OneLine(e.Message)}", e);
        }
    }

    /// <summary>Settings with others of the method's own.</summary>
    /// <param name="train">How a job trains.</param>
    /// <param name="settings">The method's own settings.</param>
    public static TrainSettings With<TSettings>(TrainSettings train, TSettings settings) where TSettings : class
    {
        if (!Members.TryGetValue(typeof(TSettings), out var member))
            return train with { Own = new(JsonSerializer.SerializeToNode(settings, AdaptClusterJson.Compact)!.AsObject()) };
        var copy = train with { };
        member.SetValue(copy, settings);
        return copy;
    }

    /// <summary>Whether settings are a member of <see cref="TrainSettings"/>.</summary>
    internal static bool IsMember(Type settings) => Members.ContainsKey(settings);
}
