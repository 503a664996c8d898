using System.Reflection;

namespace AdaptCluster.Connections;

/// <summary>Documents a setting beside what it sets: the tables of the documentation are written from these.</summary>
/// <param name="key">The key in appsettings.json, such as "Lease:StallSeconds".</param>
/// <param name="defaultText">What holds where it is not set, in Markdown.</param>
/// <param name="meaning">What it does, in Markdown.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class, AllowMultiple = true)]
public sealed class SettingAttribute(string key, string defaultText, string meaning) : Attribute
{
    /// <summary>The key in appsettings.json.</summary>
    public string Key => key;

    /// <summary>A table of all settings of some records, in the order in which these declare them.</summary>
    /// <param name="records">The records.</param>
    public static string Table(params Type[] records) => string.Concat(
    [
        "| key | variable | default | meaning |\n| --- | --- | --- | --- |\n",
        .. Of(records).Select(setting => setting.Row()),
    ]);

    /// <summary>All settings of some records.</summary>
    public static IEnumerable<SettingAttribute> Of(params Type[] records) => records.SelectMany(record =>
        (MemberInfo[])[record, .. record.GetProperties().OrderBy(property => property.MetadataToken)])
        .SelectMany(member => member.GetCustomAttributes<SettingAttribute>());

    private string Row() => $"| `{key}` | `{SettingsReader.Variable(key)}` | {defaultText} | {meaning} |\n";
}
