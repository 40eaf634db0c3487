/** Read, write or admin. */
import { isRole, ROLES, type Role } from "../../protocol/roles.ts";

export function RoleSelect(of: {
  readonly label: string;
  readonly value: Role;
  readonly disabled?: boolean;
  readonly onChange: (role: Role) => void;
}) {
  return (
    <select
      aria-label={of.label}
      value={of.value}
      disabled={of.disabled}
      onChange={(event) => {
        const { value } = event.currentTarget;
        if (isRole(value)) of.onChange(value);
      }}
    >
      {ROLES.map((role) => (
        <option value={role}>{role}</option>
      ))}
    </select>
  );
}
