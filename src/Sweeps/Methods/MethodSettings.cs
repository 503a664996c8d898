using System.Reflection;
using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Sweeps.Methods;

/// <summary>
/// Reads and writes a method's own settings in a job's <see cref="TrainSettings"/>. Methods that already existed in version 0.1.0 have
/// typed members, as stores and silos of that version expect. The settings for all other methods are sent as JSON
/// (<see cref="TrainSettings.Own"/>), so that a new method does not change a contract.
/// </summary>
public static class MethodSettings
{
    private static readonly Dictionary<Type, PropertyInfo> Members = typeof(TrainSettings).GetProperties()
        .Where(property => property.PropertyType.IsClass).ToDictionary(property => property.PropertyType);

    /// <summary>
    /// Returns the method's own settings. If they are a member of <see cref="TrainSettings"/> that the job lacks, returns the defaults.
    /// </summary>
    /// <param name="train">The training settings of a job that uses the method.</param>
    /// <exception cref="InvalidInputException">The job lacks these settings, or has the settings for another method.</exception>
    public static TSettings Of<TSettings>(TrainSettings? train) where TSettings : class, new()
    {
        if (Members.TryGetValue(typeof(TSettings), out var member))
            return (train is null ? null : (TSettings?)member.GetValue(train)) ?? new TSettings();
        try
        {
            return train?.Own is { } own ? JsonSerializer.Deserialize<TSettings>(own.Json, AdaptClusterJson.Compact)!
                // Falling back to defaults would give a different result under the same job id.
                : throw new InvalidInputException($"The job's settings ({typeof(TSettings).Name}) were lost because a silo of an earlier "
                    + "version forwarded the job without them. Upgrade all control silos, and submit the sweep again.");
        }
        catch (JsonException e)
        {
            throw new InvalidInputException(
                $"The job's settings do not match {typeof(TSettings).Name}: {PrintableText.OneLine(e.Message)}", e);
        }
    }

    /// <summary>Returns training settings with the method's own settings replaced.</summary>
    /// <param name="train">The training settings of a job.</param>
    /// <param name="settings">The method's own settings.</param>
    public static TrainSettings With<TSettings>(TrainSettings train, TSettings settings) where TSettings : class
    {
        if (!Members.TryGetValue(typeof(TSettings), out var member))
            return train with { Own = new(JsonSerializer.SerializeToNode(settings, AdaptClusterJson.Compact)!.AsObject()) };
        var copy = train with { };
        member.SetValue(copy, settings);
        return copy;
    }

    /// <summary>Whether <see cref="TrainSettings"/> has a property of this settings type.</summary>
    internal static bool IsMember(Type settings) => Members.ContainsKey(settings);
}
